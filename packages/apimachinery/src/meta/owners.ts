import type { KubeObject, OwnerReference } from '../objects.ts'

/** The part of an object that names its owners. */
export interface Owned {
  readonly metadata: { readonly ownerReferences?: readonly OwnerReference[] }
}

/** Finds the reference to an object's controller. */
export function controllerOf(object: Owned): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true)
}

/** Says whether an object's controller is this one, by uid. */
export function isControlledBy(object: Owned, owner: { readonly metadata: { readonly uid?: string } }): boolean {
  const reference = controllerOf(object)
  return reference !== undefined && reference.uid === (owner.metadata.uid ?? '')
}

/** Makes the reference by which an owner controls another object, and blocks its own foreground deletion. */
export function newControllerRef(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name ?? '',
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  }
}
