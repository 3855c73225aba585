import type { PersistentVolume, PersistentVolumeClaim, Pod, Volume } from '@kube-bonsai/api-types/core/v1'
import { describe, expect, it } from 'vitest'
import { boundPod, fakeNode } from '../fake-node.ts'

const claim = (more: Partial<PersistentVolumeClaim> = {}): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', uid: 'claim-1' },
  spec: { volumeName: 'pv' },
  status: { phase: 'Bound' },
  ...more,
})
const persistentVolume = (spec: PersistentVolume['spec'] = {}, annotations = {}): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'pv', uid: 'pv-1', annotations },
  spec: { claimRef: { name: 'data', uid: 'claim-1' }, ...spec },
})

function podWith(source: Omit<Volume, 'name'>, name = 'web', mount: object = {}): Pod {
  const volumeMounts = [{ name: 'v', mountPath: '/v', ...mount }]
  return boundPod(name, {
    volumes: [{ name: 'v', ...source }],
    containers: [{ name: 'app', image: 'app:1', volumeMounts }],
  })
}
const byClaim = (more: object = {}) => ({ persistentVolumeClaim: { claimName: 'data', ...more } })

/** A node with this claim and this volume. */
function nodeWith(made: PersistentVolumeClaim | undefined, volume: PersistentVolume | undefined) {
  const node = fakeNode()
  if (made) node.claims.set('default/data', made)
  if (volume) node.persistentVolumes.set('pv', volume)
  const files = (name: string) => node.runtime.files(node.runtime.list(`uid-${name}`).at(-1)!.id)
  const run = async (pod: Pod) => {
    node.set(pod)
    await node.clock.advance(5000)
  }
  return { ...node, node, files, run }
}

describe('volumes of claims', () => {
  it('say why a claim cannot be used', async () => {
    const said = async (made: PersistentVolumeClaim | undefined, volume: PersistentVolume | undefined, pod: Pod) => {
      const { run, events } = nodeWith(made, volume)
      await run(pod)
      return events.find((text) => text.startsWith('FailedMount'))
    }
    const start = 'FailedMount: Unable to attach or mount volumes: unmounted volumes=[v], unattached volumes=[], '
    const failed = (why: string) => `${start}failed to process volumes=[v]: ${why}`
    const claimed = (why: string) => failed(`error processing PVC default/data: ${why}`)
    const pod = podWith(byClaim())
    expect(await said(undefined, undefined, pod)).toBe(
      claimed('failed to fetch PVC from API server: persistentvolumeclaims "data" not found'),
    )
    const metadata = { name: 'data', uid: 'claim-1', deletionTimestamp: '2026-01-01T00:00:00Z' }
    expect(await said(claim({ metadata }), persistentVolume(), pod)).toBe(claimed('PVC is being deleted'))
    expect(await said(claim({ status: { phase: 'Lost' } }), persistentVolume(), pod)).toBe(claimed('PVC is not bound'))
    expect(await said(claim({ spec: {} }), persistentVolume(), pod)).toBe(claimed('PVC has empty pvc.Spec.VolumeName'))
    expect(await said(claim(), undefined, pod)).toBe(
      claimed('failed to fetch PV pv from API server: persistentvolumes "pv" not found'),
    )
    const claimRef = { name: 'data', uid: 'claim-0' }
    expect(await said(claim(), persistentVolume({ claimRef }), pod)).toBe(
      claimed('found PV object pv but its pv.Spec.ClaimRef.UID claim-0 does not point to claim.UID claim-1'),
    )
    expect(await said(claim(), persistentVolume({ volumeMode: 'Block' }), pod)).toBe(
      failed('volume v has volumeMode Block, but is specified in volumeMounts'),
    )
  })

  it('wait a moment for a claim that is about to be bound', async () => {
    const { node, claims, events, get } = nodeWith(claim({ status: { phase: 'Pending' } }), persistentVolume())
    node.set(podWith(byClaim()))
    await node.clock.advance(50)
    claims.set('default/data', claim())
    await node.clock.advance(5000)
    expect(events.filter((text) => text.startsWith('FailedMount'))).toEqual([])
    expect(get('web')?.status?.phase).toBe('Running')
  })

  it('hold what pods have written, one after the other, and nothing else', async () => {
    const { run, node, files, storage } = nodeWith(
      claim(),
      persistentVolume({ csi: { driver: 'd', volumeHandle: 'h' } }),
    )
    await run(podWith(byClaim()))
    expect(files('web').list('/v')).toEqual([])
    files('web').write('/v/kept', 'here')
    node.remove('web', 30)
    await node.clock.advance(60_000)
    await run(podWith(byClaim(), 'next'))
    expect(files('next').read('/v/kept')).toBe('here')
    expect(storage.directory('csi d h').entries.has('kept')).toBe(true)
  })

  it('cannot be written where the claim, the mount or the volume says so', async () => {
    const nfs = { server: 's', path: '/p' }
    for (const [pod, spec] of [
      [podWith(byClaim({ readOnly: true })), { nfs }],
      [podWith(byClaim(), 'web', { readOnly: true }), { nfs }],
      [podWith(byClaim()), { nfs: { ...nfs, readOnly: true } }],
    ] as const) {
      const { run, files } = nodeWith(claim(), persistentVolume(spec))
      await run(pod)
      expect(() => files('web').write('/v/x', '')).toThrow(/read-only|EROFS/i)
    }
  })

  it('of paths of the node are on its disk; a local one has to be there', async () => {
    const host = nodeWith(claim(), persistentVolume({ hostPath: { path: '/mnt/data', type: 'DirectoryOrCreate' } }))
    await host.run(podWith(byClaim()))
    host.files('web').write('/v/x', 'there')
    await host.run(podWith({ hostPath: { path: '/mnt/data' } }, 'other'))
    expect(host.files('other').read('/v/x')).toBe('there')
    const local = nodeWith(claim(), persistentVolume({ local: { path: '/mnt/none' } }))
    await local.run(podWith(byClaim()))
    expect(local.events).toContain(
      'FailedMount: MountVolume.NewMounter initialization failed for volume "pv" : path "/mnt/none" does not exist',
    )
    const wrong = nodeWith(claim(), persistentVolume({ hostPath: { path: '/mnt/none', type: 'Directory' } }))
    await wrong.run(podWith(byClaim()))
    expect(wrong.events).toContain(
      'FailedMount: MountVolume.SetUp failed for volume "pv" : hostPath type check failed: /mnt/none is not a directory',
    )
  })

  it('of generic ephemeral volumes belong to their pod', async () => {
    const source = { ephemeral: { volumeClaimTemplate: { spec: {} } } }
    const named = (ownerReferences: NonNullable<PersistentVolumeClaim['metadata']['ownerReferences']>) =>
      claim({ metadata: { name: 'web-v', uid: 'claim-1', ownerReferences } })
    const started = async (made: PersistentVolumeClaim) => {
      const node = nodeWith(undefined, persistentVolume())
      node.claims.set('default/web-v', made)
      await node.run(podWith(source))
      return node
    }
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'web', uid: 'uid-web', controller: true }
    expect((await started(named([owner]))).get('web')?.status?.phase).toBe('Running')
    const foreign = await started(named([]))
    expect(foreign.events.join('\n')).toContain(
      'PVC default/web-v was not created for pod default/web (pod is not owner)',
    )
  })
})
