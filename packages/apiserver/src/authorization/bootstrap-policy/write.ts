import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { Random } from '@kube-bonsai/clock'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { Storage } from '@kube-bonsai/storage'
import { deepFreeze, withMeta } from '../../registry/objects.ts'
import { type PolicyObject, policyObjects } from './objects.ts'
import { reconcile } from './reconcile.ts'

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
 * Makes the roles and bindings that every cluster has. To what is there already
 * only what is missing is added. They are known to be sound and nobody may have a
 * say in them, so they go straight to the store.
 * @see pkg/registry/rbac/rest/storage_rbac.go
 */
export async function writeBootstrapPolicy(writer: PolicyWriter): Promise<void> {
  for (const made of policyObjects(writer.gates)) {
    const { namespace, name = '' } = made.object.metadata
    const place = namespace === undefined ? name : `${namespace}/${name}`
    const key = `/registry/rbac.authorization.k8s.io/${made.resource}/${place}`
    const value = objectAt(writer, made)
    const result = await writer.storage.txn([{ key, modRevision: 0 }], [{ type: 'put', key, value }])
    if (!result.succeeded) await amend(writer.storage, key, made.object)
  }
}

/** Adds what is missing to an object that was there before. */
async function amend(storage: Storage<KubeObject>, key: string, expected: KubeObject): Promise<void> {
  for (;;) {
    const current = await storage.get(key)
    if (current === undefined) return
    const changed = reconcile(current.value, expected)
    if (changed === current.value) return
    const value = (revision: number) => deepFreeze(withMeta(changed, { resourceVersion: String(revision) }))
    const result = await storage.txn([{ key, modRevision: current.modRevision }], [{ type: 'put', key, value }])
    if (result.succeeded) return
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
