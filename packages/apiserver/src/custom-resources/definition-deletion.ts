import type { KubeObject } from '@kube-bonsai/apimachinery'
import { asDefinition, cleanupFinalizer, withCondition } from './definition.ts'

/** A definition that was asked to go: it waits until its objects are gone. @see staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition/etcd.go Delete */
export function definitionToDelete(object: KubeObject, now: string): KubeObject {
  const crd = asDefinition(object)
  const { finalizers = [] } = crd.metadata
  const metadata = {
    ...crd.metadata,
    deletionTimestamp: now,
    finalizers: finalizers.includes(cleanupFinalizer) ? finalizers : [...finalizers, cleanupFinalizer],
  }
  const pending = {
    type: 'Terminating',
    status: 'True',
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  } as const
  return withCondition({ ...crd, metadata }, pending, now) as unknown as KubeObject
}
