import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { Program } from '@kube-bonsai/kubelet-model'
import { afterEach, describe, expect, it } from 'vitest'
import { startCluster } from './rows.ts'

let running: Awaited<ReturnType<typeof startCluster>> | undefined
afterEach(() => running?.cluster.close())

type Rule = NonNullable<Container['restartPolicyRules']>[number]
const rule = (operator: 'In' | 'NotIn', ...values: readonly number[]): Rule => ({
  action: 'Restart',
  exitCodes: { operator, values },
})

/** Ends with one code after the other, and stays up after the last one. Notes when it was started. */
function script(codes: readonly number[], starts: number[] = []): Program {
  let run = 0
  return {
    async run(context) {
      starts.push(context.clock.now())
      const code = codes[run++]
      if (code === undefined) await context.terminated
      return code ?? 0
    },
  }
}

async function start(programs: Readonly<Record<string, Program>>) {
  running = await startCluster({ nodes: 1, programs })
  return running
}

const pod = (
  name: string,
  restartPolicy: string,
  containers: readonly Partial<Container>[],
  more: object = {},
): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: {
    restartPolicy,
    terminationGracePeriodSeconds: 1,
    containers: containers.map((one, index) => ({ name: `c${index}`, image: `c${index}`, ...one })),
    ...more,
  },
})

const brief = ({ status }: Pod) => ({
  phase: status?.phase,
  restarts: [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map(
    ({ restartCount }) => restartCount,
  ),
})

describe('Container restart rules (KEP-5307)', () => {
  it('C1: a container of a pod that never restarts is started again where a rule says so, in the same pod', async () => {
    const { run, pods, history } = await start({ c0: script([42, 42, 0]) })
    await run(pod('p', 'Never', [{ restartPolicy: 'Never', restartPolicyRules: [rule('In', 42)] }]))
    expect(brief(await pods.get('p'))).toEqual({ phase: 'Succeeded', restarts: [2] })
    const ips = history('p').flatMap(({ status }) => status?.podIP ?? [])
    expect(new Set(ips).size).toBe(1)
    expect(new Set(history('p').map(({ metadata }) => metadata.uid)).size).toBe(1)
  })

  it('C1: another code ends the pod', async () => {
    const { run, pods } = await start({ c0: script([42, 1]) })
    await run(pod('p', 'Never', [{ restartPolicy: 'Never', restartPolicyRules: [rule('In', 42)] }]))
    expect(brief(await pods.get('p'))).toEqual({ phase: 'Failed', restarts: [1] })
  })

  it('C2: a container that never restarts stays down while its siblings go on', async () => {
    const { run, pods, cluster } = await start({ c0: script([1]), c1: script([]) })
    await run(pod('p', 'Always', [{ restartPolicy: 'Never' }, {}]))
    await cluster.advance('1h')
    const { status } = await pods.get('p')
    expect(status?.phase).toBe('Running')
    expect(
      status?.containerStatuses?.map(({ restartCount, state }) => [restartCount, Object.keys(state ?? {})]),
    ).toEqual([
      [0, ['terminated']],
      [0, ['running']],
    ])
  })

  it('C3, rule 6: a container that always restarts does so with back-off in a pod that never does', async () => {
    const starts: number[] = []
    const { run, pods, cluster, events } = await start({ c0: script([1, 1, 1, 1], starts) })
    await run(pod('p', 'Never', [{ restartPolicy: 'Always' }]))
    await cluster.advance('5m')
    const gaps = starts.slice(1).map((at, index) => (at - (starts[index] ?? 0)) / 1000)
    expect(gaps.map(Math.round)).toEqual([0, 10, 20, 40])
    expect(brief(await pods.get('p'))).toEqual({ phase: 'Running', restarts: [4] })
    const { metadata } = await pods.get('p')
    const said = events('p').filter(({ reason }) => reason === 'BackOff')
    expect(said[0]?.message).toBe(`Back-off restarting failed container c0 in pod p_default(${metadata.uid})`)
  })

  it('C4: init containers restart by their rules and their policy, and fail the pod where they may not', async () => {
    const init = (restartPolicy: string, image: string): object => ({
      initContainers: [{ name: 'i', image, restartPolicy, restartPolicyRules: [rule('NotIn', 3)] }],
    })
    const { run, pods } = await start({
      well: script([5, 5, 0]),
      policy: script([3, 0]),
      never: script([3]),
      c0: script([]),
    })
    await run(
      pod('well', 'Never', [{}], init('OnFailure', 'well')),
      pod('policy', 'Never', [{}], init('OnFailure', 'policy')),
      pod('never', 'Never', [{}], init('Never', 'never')),
    )
    expect(brief(await pods.get('well'))).toEqual({ phase: 'Running', restarts: [2, 0] })
    expect(brief(await pods.get('policy'))).toEqual({ phase: 'Running', restarts: [1, 0] })
    expect(brief(await pods.get('never'))).toEqual({ phase: 'Failed', restarts: [0, 0] })
  })

  it('rule 3: success restarts too where a rule says so', async () => {
    const { run, pods } = await start({ c0: script([0, 0, 7]) })
    await run(pod('p', 'Never', [{ restartPolicy: 'Never', restartPolicyRules: [rule('In', 0)] }]))
    expect(brief(await pods.get('p'))).toEqual({ phase: 'Failed', restarts: [2] })
  })

  it('rule 2: the first rule that matches counts, and rules come before the policy', async () => {
    const { run, pods } = await start({ c0: script([9, 9, 0]), c1: script([9]) })
    const restartPolicyRules = [rule('In', 9), rule('NotIn', 9)]
    await run(
      pod('p', 'Never', [{ restartPolicy: 'OnFailure', restartPolicyRules: [rule('In', 9)] }]),
      pod('q', 'Always', [{ image: 'c1', restartPolicy: 'Never', restartPolicyRules: restartPolicyRules.slice(1) }]),
    )
    expect(brief(await pods.get('p'))).toEqual({ phase: 'Succeeded', restarts: [2] })
    expect(brief(await pods.get('q'))).toEqual({ phase: 'Failed', restarts: [0] })
  })

  it('C5, rule 8: a Job sees the end of its pods, not the restarts of their containers', async () => {
    const { cluster } = await start({ c0: script([42, 42, 0]) })
    const template = pod('t', 'Never', [{ restartPolicy: 'Never', restartPolicyRules: [rule('In', 42)] }])
    const onExitCodes = { operator: 'In', values: [42] }
    await cluster.apply([
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'j' },
        spec: {
          backoffLimit: 0,
          podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes }] },
          template: { spec: template.spec },
        },
      },
    ] as unknown as KubeObject[])
    await cluster.settle()
    const { status } = await cluster.client.jobs('default').get('j')
    expect(status).toMatchObject({ succeeded: 1 })
    expect(status?.failed ?? 0).toBe(0)
    const { items } = await cluster.client.pods('default').list()
    expect(items.map(brief)).toEqual([{ phase: 'Succeeded', restarts: [2] }])
  })

  it('rule 9: with the gate off only the policy of the pod counts', async () => {
    running = await startCluster({
      nodes: 1,
      programs: { c0: script([42]) },
      featureGates: { ContainerRestartRules: false },
    })
    await running.run(pod('p', 'Never', [{ restartPolicy: 'Always', restartPolicyRules: [rule('In', 42)] }]))
    const stored = await running.pods.get('p')
    expect(stored.spec?.containers[0]?.restartPolicyRules).toBeUndefined()
    expect(brief(stored)).toEqual({ phase: 'Failed', restarts: [0] })
  })
})
