import { describe, expect, it } from 'vitest'
import { completionIndex } from '../src/job/job-pods.ts'
import { type JobDraft, jobs } from '../src/job/types.ts'
import { TestCluster, template } from './support/cluster.ts'

const all = ['job-controller', 'ttl-after-finished-controller']

function job(spec: Partial<JobDraft['spec']>): JobDraft {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', namespace: 'default' },
    spec: {
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      selector: { matchLabels: { app: 'web' } },
      template: template(),
      ...spec,
    },
  }
}

const succeeds = () => ({ phase: 'Succeeded', exitCode: 0 }) as const
const fails = () => ({ phase: 'Failed', exitCode: 1 }) as const
const types = (conditions: readonly { type: string; reason?: string }[] | undefined) =>
  conditions?.map(({ type, reason }) => `${type} ${reason}`)

describe('a job', () => {
  it('completes after its completions and counts each pod once', async () => {
    const cluster = new TestCluster({ controllers: all, end: succeeds })
    await cluster.of(jobs).create(job({ completions: 5, parallelism: 2 }))
    await cluster.clock.runUntilIdle()
    const { status } = await cluster.of(jobs).get('j')
    expect(cluster.errors).toEqual([])
    expect(types(status?.conditions)).toEqual(['SuccessCriteriaMet CompletionsReached', 'Complete CompletionsReached'])
    expect(status).toMatchObject({ succeeded: 5, failed: 0, active: 0, uncountedTerminatedPods: {} })
    expect(status?.completionTime).toBeDefined()
    expect(cluster.pods().every((pod) => (pod.metadata.finalizers ?? []).length === 0)).toBe(true)
    expect(cluster.pods()).toHaveLength(5)
  })

  it('fails after its back-off limit, with waits in between', async () => {
    const cluster = new TestCluster({ controllers: all, end: fails })
    await cluster.of(jobs).create(job({ backoffLimit: 2 }))
    const start = cluster.clock.now()
    await cluster.clock.runUntilIdle()
    const { status } = await cluster.of(jobs).get('j')
    expect(types(status?.conditions)).toEqual(['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded'])
    expect(status?.failed).toBe(3)
    const created = cluster.pods().map((pod) => (Date.parse(pod.metadata.creationTimestamp) - start) / 1000)
    expect(created[1]! - created[0]!).toBeGreaterThanOrEqual(13)
    expect(created[2]! - created[1]!).toBeGreaterThanOrEqual(23)
  })

  it('gives each index a pod and fails only the index that fails too often', async () => {
    const end = (pod: Parameters<typeof completionIndex>[0]) => (completionIndex(pod) === 1 ? fails() : succeeds())
    const cluster = new TestCluster({ controllers: all, end })
    const spec = {
      completionMode: 'Indexed',
      completions: 3,
      parallelism: 3,
      backoffLimitPerIndex: 1,
      backoffLimit: 2147483647,
    }
    await cluster.of(jobs).create(job(spec))
    await cluster.clock.runUntilIdle()
    const { status } = await cluster.of(jobs).get('j')
    expect(types(status?.conditions)).toEqual(['FailureTarget FailedIndexes', 'Failed FailedIndexes'])
    expect(status).toMatchObject({ completedIndexes: '0,2', failedIndexes: '1', succeeded: 2, failed: 2 })
  })

  it('ends once its success policy is met', async () => {
    const end = (pod: Parameters<typeof completionIndex>[0]) => (completionIndex(pod) === 0 ? succeeds() : undefined)
    const cluster = new TestCluster({ controllers: all, end })
    const successPolicy = { rules: [{ succeededIndexes: '0' }] }
    await cluster.of(jobs).create(job({ completionMode: 'Indexed', completions: 3, parallelism: 3, successPolicy }))
    await cluster.clock.runUntilIdle()
    const { status } = await cluster.of(jobs).get('j')
    expect(types(status?.conditions)).toEqual(['SuccessCriteriaMet SuccessPolicy', 'Complete SuccessPolicy'])
    expect(status).toMatchObject({ completedIndexes: '0', succeeded: 1 })
  })

  it('stops at its deadline', async () => {
    const cluster = new TestCluster({ controllers: all })
    await cluster.of(jobs).create(job({ activeDeadlineSeconds: 60 }))
    await cluster.clock.advance(59_000)
    expect((await cluster.of(jobs).get('j')).status?.conditions ?? []).toEqual([])
    await cluster.clock.advance(20_000)
    const { status } = await cluster.of(jobs).get('j')
    expect(types(status?.conditions)).toEqual(['FailureTarget DeadlineExceeded', 'Failed DeadlineExceeded'])
  })

  it('suspends and resumes', async () => {
    const cluster = new TestCluster({ controllers: all })
    const client = cluster.of(jobs)
    await client.create(job({}))
    await cluster.clock.advance(5000)
    const running = await client.get('j')
    expect(running.status).toMatchObject({ active: 1, ready: 1 })
    await client.update({ ...running, spec: { ...running.spec, suspend: true } })
    await cluster.clock.advance(10_000)
    const suspended = await client.get('j')
    expect(suspended.status).toMatchObject({
      active: 0,
      failed: 0,
      conditions: [{ type: 'Suspended', status: 'True' }],
    })
    await client.update({ ...suspended, spec: { ...suspended.spec, suspend: false } })
    await cluster.clock.advance(10_000)
    const resumed = await client.get('j')
    expect(resumed.status).toMatchObject({
      active: 1,
      conditions: [{ type: 'Suspended', status: 'False', reason: 'JobResumed' }],
    })
  })

  it('is left alone when another controller manages it', async () => {
    const cluster = new TestCluster({ controllers: all })
    await cluster.of(jobs).create(job({ managedBy: 'acme.io/jobs' }))
    await cluster.clock.advance(60_000)
    expect(cluster.pods()).toEqual([])
    expect((await cluster.of(jobs).get('j')).status).toBeUndefined()
  })

  it('is deleted when its time to live is over', async () => {
    const cluster = new TestCluster({ controllers: all, end: succeeds })
    await cluster.of(jobs).create(job({ ttlSecondsAfterFinished: 100 }))
    await cluster.clock.advance(60_000)
    expect((await cluster.of(jobs).get('j')).metadata.deletionTimestamp).toBeUndefined()
    await cluster.clock.advance(100_000)
    expect((await cluster.of(jobs).get('j')).metadata.deletionTimestamp).toBeDefined()
  })
})
