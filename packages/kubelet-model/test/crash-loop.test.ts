import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { describe, expect, test } from 'vitest'
import { defaultConfiguration, type KubeletOptions, loadConfiguration, type Program } from '../src/index.ts'
import { boundPod, fakeNode } from './fake-node.ts'

/** Starts of a program that ends after so many seconds each time, in seconds since the first. */
async function starts(more: Partial<KubeletOptions>, lives: readonly number[], seconds: number) {
  const at: number[] = []
  let turn = 0
  const app: Program = {
    async run({ clock, sleep }) {
      at.push(clock.now() / 1000)
      await sleep((lives[turn++] ?? lives.at(-1) ?? 0) * 1000)
      return 1
    },
  }
  const node = fakeNode({ app })
  await node.restart(() => {}, more)
  node.set(boundPod('p'))
  await node.clock.advance(seconds * 1000)
  return { node, gaps: at.slice(1).map((start, index) => Math.round(start - (at[index] ?? 0) - (lives[index] ?? 0))) }
}

describe('the back-off of crash loops', () => {
  test('grows from ten seconds to five minutes', async () => {
    const { gaps } = await starts({}, [0], 2000)
    expect(gaps).toEqual([0, 10, 20, 40, 80, 160, 300, 300, 300, 300, 300])
  })

  test('is forgotten after ten minutes without a crash', async () => {
    const { gaps } = await starts({}, [0, 0, 0, 700, 0, 0], 1000)
    expect(gaps.slice(0, 5)).toEqual([0, 10, 20, 0, 10])
  })

  test('goes as far as the kubelet is configured', async () => {
    const configuration = defaultConfiguration({ crashLoopBackOff: { maxContainerRestartPeriod: '15s' } })
    expect((await starts({ configuration }, [0], 60)).gaps).toEqual([0, 10, 15, 15, 15])
    const short = defaultConfiguration({ crashLoopBackOff: { maxContainerRestartPeriod: '3s' } })
    expect((await starts({ configuration: short }, [0], 10)).gaps).toEqual([0, 3, 3, 3])
  })

  test('starts at one second with the reduced decay', async () => {
    const gates = createFeatureGates({
      set: { ReduceDefaultCrashLoopBackOffDecay: true, KubeletCrashLoopBackOffMax: false },
    })
    expect((await starts({ gates }, [0], 200)).gaps).toEqual([0, 1, 2, 4, 8, 16, 32, 60, 60])
  })

  test('is not waited for by another image', async () => {
    const { node } = await starts({}, [0], 100)
    const known = node.get('p')
    if (known?.spec === undefined) throw new Error('no pod')
    const containers = [{ name: 'app', image: 'app:2' }]
    const restarts = known.status?.containerStatuses?.[0]?.restartCount ?? 0
    node.set({ ...known, metadata: { ...known.metadata, generation: 2 }, spec: { ...known.spec, containers } })
    await node.clock.advance(5000)
    expect(node.get('p')?.status?.containerStatuses?.[0]?.restartCount).toBeGreaterThan(restarts)
  })

  test('refuses a longest wait outside of one second to five minutes', () => {
    const head = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n'
    const files = (period: string) =>
      new Map([['/kubelet.yaml', `${head}crashLoopBackOff: {maxContainerRestartPeriod: ${period}}\n`]])
    for (const period of ['0.5s', '301s']) {
      expect(() => loadConfiguration({ files: files(period), config: '/kubelet.yaml' })).toThrow(
        'CrashLoopBackOff.MaxContainerRestartPeriod (got:',
      )
    }
  })
})
