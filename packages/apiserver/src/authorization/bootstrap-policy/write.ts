import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { Random } from '@kube-bonsai/clock'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { Storage } from '@kube-bonsai/storage'
import { deepFreeze } from '../../registry/objects.ts'
import { type PolicyObject, policyObjects } from './objects.ts'

/** What the making of the policy needs. */
export interface PolicyWriter {
  readonly storage: Storage<KubeObject>
  /** Where uids come from. */
  readonly random: Random
  readonly gates: FeatureGates
  /** The time of creation. */
  readonly now: string
}

/**
 * Makes the roles and bindings that every cluster has. What is there stays. They are known to be sound and nobody may have a
 * say in them, so they go straight to the store.
 * @see pkg/registry/rbac/rest/storage_rbac.go
 */
export async function writeBootstrapPolicy(writer: PolicyWriter): Promise<void> {
  for (const made of policyObjects(writer.gates)) {
    const { namespace, name = '' } = made.object.metadata
    const place = namespace === undefined ? name : `${namespace}/${name}`
    const key = `/registry/rbac.authorization.k8s.io/${made.resource}/${place}`
    const value = objectAt(writer, made)
    await writer.storage.txn([{ key, modRevision: 0 }], [{ type: 'put', key, value }])
  }
}

function objectAt({ random, now }: PolicyWriter, { object, fields }: PolicyObject): (revision: number) => KubeObject {
  const { name, namespace, labels, annotations } = object.metadata
  const uid = random.uuid()
  const entry = { manager: 'kube-apiserver', operation: 'Update' as const, apiVersion: object.apiVersion, time: now }
  return (revision) =>
    deepFreeze({
      ...object,
      metadata: {
        ...(name && { name }),
        ...(namespace && { namespace }),
        uid,
        resourceVersion: String(revision),
        creationTimestamp: now,
        ...(labels && { labels }),
        ...(annotations && { annotations }),
        managedFields: [{ ...entry, fieldsType: 'FieldsV1' as const, fieldsV1: fields }],
      },
    })
}
