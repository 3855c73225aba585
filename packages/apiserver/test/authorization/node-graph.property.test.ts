import type { KubeObject } from '@kube-bonsai/apimachinery'
import { createMemoryStorage } from '@kube-bonsai/storage'
import fc from 'fast-check'
import { test } from 'vitest'
import { NodeGraph } from '../../src/authorization/node/graph.ts'

const name = fc.constantFrom('a', 'b', 'c')
const node = fc.constantFrom('', 'n1', 'n2')
const names = fc.subarray(['a', 'b', 'c'])

interface Pod {
  readonly node: string
  readonly secrets: readonly string[]
  readonly claims: readonly string[]
  readonly mirror: boolean
}

interface Volume {
  readonly claim: string
  readonly secret: string
}

const pod = fc.record({ node, secrets: names, claims: names, mirror: fc.boolean() })
const volume = fc.record({ claim: name, secret: name })
const change = fc.oneof(
  fc.record({ kind: fc.constant('pod' as const), name, value: fc.option(pod, { nil: undefined }) }),
  fc.record({ kind: fc.constant('volume' as const), name, value: fc.option(volume, { nil: undefined }) }),
)

const podObject = (name: string, { node, secrets, claims, mirror }: Pod) => ({
  metadata: { name, namespace: 'x', ...(mirror && { annotations: { 'kubernetes.io/config.mirror': '' } }) },
  spec: {
    ...(node && { nodeName: node }),
    volumes: [
      ...secrets.map((secretName) => ({ name: secretName, secret: { secretName } })),
      ...claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
    ],
  },
})

const volumeObject = (name: string, { claim, secret }: Volume) => ({
  metadata: { name },
  spec: { claimRef: { namespace: 'x', name: claim }, iscsi: { secretRef: { name: secret } } },
})

/** What a node may read, found without an index. */
function expected(node: string, kind: string, name: string, pods: Map<string, Pod>, volumes: Map<string, Volume>) {
  const own = [...pods.values()].filter((pod) => pod.node === node)
  const used = own.filter(({ mirror }) => !mirror)
  const bound = (one: Volume) => used.some(({ claims }) => claims.includes(one.claim))
  if (kind === 'pod') return pods.get(name)?.node === node
  if (kind === 'pvc') return used.some(({ claims }) => claims.includes(name))
  if (kind === 'pv') return volumes.has(name) && bound(volumes.get(name) as Volume)
  const byVolume = [...volumes.values()].some((one) => one.secret === name && bound(one))
  return byVolume || used.some(({ secrets }) => secrets.includes(name))
}

test('a node reads an object exactly when one of its pods needs it, whatever came and went', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 25 }), fc.nat({ max: 25 }), async (changes, begin) => {
      const storage = createMemoryStorage<KubeObject>()
      const graph = new NodeGraph(storage)
      const pods = new Map<string, Pod>()
      const volumes = new Map<string, Volume>()
      for (const [index, { kind, name, value }] of changes.entries()) {
        // The graph may begin at any time: before, amid or after the changes.
        if (index === begin) await graph.ready()
        const key = kind === 'pod' ? `/registry/core/pods/x/${name}` : `/registry/core/persistentvolumes/${name}`
        const known: Map<string, Pod | Volume> = kind === 'pod' ? pods : volumes
        if (value === undefined) {
          if (known.delete(name)) await storage.txn([], [{ type: 'delete', key }])
          continue
        }
        known.set(name, value)
        const object = 'node' in value ? podObject(name, value) : volumeObject(name, value)
        await storage.txn([], [{ type: 'put', key, value: object as unknown as KubeObject }])
      }
      await graph.ready()
      await Promise.resolve()
      for (const node of ['n1', 'n2'])
        for (const kind of ['pod', 'pvc', 'pv', 'secret'] as const)
          for (const name of ['a', 'b', 'c']) {
            const namespace = kind === 'pv' ? '' : 'x'
            if (graph.isRelated(node, kind, namespace, name) !== expected(node, kind, name, pods, volumes)) return false
          }
      return true
    }),
  )
})
