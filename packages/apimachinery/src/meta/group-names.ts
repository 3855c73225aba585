/** A resource of a group, of whatever version. */
export interface GroupResource {
  readonly group: string
  readonly resource: string
}

/** A kind of a group, of whatever version. */
export interface GroupKind {
  readonly group: string
  readonly kind: string
}

/** Writes `deployments.apps`, or `pods` in the core group. */
export function formatGroupResource({ group, resource }: GroupResource): string {
  return group === '' ? resource : `${resource}.${group}`
}

/** Writes `Deployment.apps`, or `Pod` in the core group. */
export function formatGroupKind({ group, kind }: GroupKind): string {
  return group === '' ? kind : `${kind}.${group}`
}

/** Says whether neither group nor resource is named. */
export function isEmptyGroupResource({ group, resource }: GroupResource): boolean {
  return group === '' && resource === ''
}
