import { describe, expect, test } from 'vitest'
import {
  CycleState,
  failure,
  NodeStatuses,
  newNodeInfo,
  newPodInfo,
  type Outcome,
  type Plugin,
  type PostFilterResult,
  skip,
  unresolvable,
  unschedulable,
} from '../src/index.ts'
import { frameworkOf, makeNode, makePod } from './helpers.ts'

const pod = newPodInfo(makePod('web', '1'))
const nodes = ['a', 'b', 'c'].map((name) => newNodeInfo(name, makeNode(name, '4')))
const snapshot = { nodes, version: 0, get: () => undefined, changedSince: () => [] }
const state = () => new CycleState()

function narrowing(name: string, ...names: readonly string[]): Plugin {
  return { name, preFilter: () => ({ nodeNames: new Set(names) }) }
}

describe('PreFilter', () => {
  test('Skip leaves out the filter of the plugin and its extensions', () => {
    const refuse = () => unschedulable('no')
    const plugin: Plugin = {
      name: 'P',
      preFilter: () => ({ status: skip }),
      preFilterExtensions: { addPod: refuse, removePod: refuse },
      filter: refuse,
    }
    const [framework, cycle] = [frameworkOf([plugin]), state()]
    expect(framework.preFilter(cycle, pod, snapshot)).toEqual({ status: undefined, narrowedBy: new Set() })
    expect(framework.filter(cycle, pod, newNodeInfo('a'))).toBeUndefined()
    expect(framework.addPod(cycle, pod, pod, newNodeInfo('a'))).toBeUndefined()
    expect(frameworkOf([plugin]).filter(state(), pod, newNodeInfo('a'))).toMatchObject({ plugin: 'P', reasons: ['no'] })
  })

  test('Unschedulable is remembered while the others still run; UnschedulableAndUnresolvable ends it', () => {
    const asked: string[] = []
    const answers = (name: string, status: Outcome): Plugin => ({
      name,
      preFilter: () => {
        asked.push(name)
        return status && { status }
      },
    })
    const soft = frameworkOf([answers('A', unschedulable('a')), answers('B', undefined)])
    expect(soft.preFilter(state(), pod, snapshot).status).toEqual({ ...unschedulable('a'), plugin: 'A' })
    expect(asked.splice(0)).toEqual(['A', 'B'])
    const hard = frameworkOf([answers('A', unresolvable('a')), answers('B', undefined)])
    expect(hard.preFilter(state(), pod, snapshot).status).toEqual({ ...unresolvable('a'), plugin: 'A' })
    expect(asked).toEqual(['A'])
  })

  test('an error, also a thrown one, names the plugin', () => {
    const thrower: Plugin = {
      name: 'T',
      preFilter: () => {
        throw new Error('boom')
      },
    }
    const reasons = ['running PreFilter plugin "T": boom']
    expect(frameworkOf([thrower]).preFilter(state(), pod, snapshot).status).toMatchObject({ code: 'Error', reasons })
  })

  test('sets of nodes intersect', () => {
    const outcome = frameworkOf([narrowing('A', 'a', 'b'), narrowing('B', 'b', 'c')]).preFilter(state(), pod, snapshot)
    expect([...(outcome.nodeNames ?? [])]).toEqual(['b'])
  })

  test('and say so when nothing is left', () => {
    const empty = (...plugins: readonly Plugin[]) =>
      frameworkOf(plugins).preFilter(state(), pod, snapshot).status?.reasons
    expect(empty(narrowing('A'))).toEqual(["node(s) didn't satisfy plugin A"])
    const both = "node(s) didn't satisfy plugin(s) [A B] simultaneously"
    expect(empty(narrowing('B', 'b'), narrowing('A', 'a'))).toEqual([both])
  })
})

describe('PostFilter', () => {
  const answers = (name: string, result: PostFilterResult): Plugin => ({ name, postFilter: () => result })
  const run = (...plugins: readonly Plugin[]) =>
    frameworkOf(plugins).postFilter(state(), pod, new NodeStatuses(new Map()), snapshot)

  test('adds up reasons until one helps, gives up for good or fails', () => {
    const no = answers('A', { status: unschedulable('a') })
    expect(run(no, answers('B', { status: unschedulable('b') })).status).toMatchObject({
      reasons: ['a', 'b'],
      plugin: 'A',
    })
    expect(run(no, answers('B', { status: undefined, nominatedNode: 'n' }))).toEqual({
      status: undefined,
      nominatedNode: 'n',
    })
    expect(run(no, answers('B', { status: failure('bad') })).status).toMatchObject({ code: 'Error', reasons: ['bad'] })
    const end = answers('B', { status: unresolvable('never') })
    expect(run(no, end, answers('C', { status: undefined })).status).toMatchObject({ reasons: ['never'], plugin: 'B' })
  })

  test('keeps the nomination that a plugin took back', () => {
    const cleared = answers('A', { status: unschedulable('a'), nominatedNode: '' })
    expect(run(cleared, answers('B', { status: unschedulable('b') })).nominatedNode).toBe('')
  })
})

describe('Score', () => {
  test('refuses what lies outside of 0 to 100 after normalising', () => {
    const wrong = frameworkOf([{ name: 'S', score: () => 101 }]).score(state(), pod, nodes)
    const text = 'plugin "S" returns an invalid score 101, it should in the range of [0, 100] after normalizing'
    expect(wrong).toMatchObject({ reasons: [`applying score defaultWeights on Score plugins: ${text}`] })
  })

  test('a scorer that throws fails the cycle', () => {
    const thrower: Plugin = {
      name: 'S',
      score: () => {
        throw new Error('boom')
      },
    }
    const reasons = ['running Score plugins: plugin "S" failed with: boom']
    expect(frameworkOf([thrower]).score(state(), pod, nodes)).toMatchObject({ reasons })
  })
})

describe('Reserve', () => {
  test('is taken back in reverse order, also by plugins that throw', () => {
    const undone: string[] = []
    const plugin = (name: string, fails = false): Plugin => ({
      name,
      reserve: () => (fails ? unschedulable('full') : undefined),
      unreserve: () => {
        undone.push(name)
        if (name === 'B') throw new Error('ignored')
      },
    })
    const framework = frameworkOf([plugin('A'), plugin('B'), plugin('C', true)])
    expect(framework.reserve(state(), pod, 'n')).toMatchObject({ plugin: 'C', reasons: ['full'] })
    framework.unreserve(state(), pod, 'n')
    expect(undone).toEqual(['C', 'B', 'A'])
  })
})

describe('Permit', () => {
  const waits = (name: string, timeout: number): Plugin => ({
    name,
    permit: () => ({ status: { code: 'Wait', reasons: [] }, timeout }),
  })

  test('waits until every plugin lets go', () => {
    const framework = frameworkOf([waits('A', 1000), waits('B', 2000)])
    expect(framework.permit(state(), pod, 'n')?.code).toBe('Wait')
    const waiting = framework.waitingPods.get(pod.uid)
    const outcomes: Outcome[] = []
    framework.waitingPods.whenSettled(pod.uid, (outcome) => outcomes.push(outcome))
    waiting?.allow('B')
    expect(waiting?.pendingPlugins()).toEqual(['A'])
    waiting?.allow('A')
    expect(outcomes).toEqual([undefined])
  })

  test('rejects in upstream words when time is up, after 15 minutes at most', () => {
    const framework = frameworkOf([waits('A', 3_600_000)])
    framework.permit(state(), pod, 'n')
    expect(framework.waitingPods.nextDeadline()).toBe(15 * 60_000)
    framework.waitingPods.expire(15 * 60_000)
    framework.waitingPods.whenSettled(pod.uid, (outcome) =>
      expect(outcome).toMatchObject({
        plugin: 'A',
        reasons: ['rejected due to timeout after waiting 15m0s at plugin A'],
      }),
    )
    expect.assertions(2)
  })

  test('a rejection goes before any wait', () => {
    const framework = frameworkOf([waits('A', 1), { name: 'B', permit: () => ({ status: unschedulable('no') }) }])
    expect(framework.permit(state(), pod, 'n')).toMatchObject({ plugin: 'B', reasons: ['no'] })
    expect(framework.waitingPods.get(pod.uid)).toBeUndefined()
  })
})

describe('PreBindPreFlight', () => {
  test('skips the plugins that will have nothing to do', async () => {
    const ran: string[] = []
    const plugin = (name: string, idle: boolean): Plugin => ({
      name,
      preBindPreFlight: () => (idle ? skip : undefined),
      preBind: async () => {
        ran.push(name)
        return undefined
      },
    })
    const cycle = state()
    const framework = frameworkOf([plugin('idle', true), plugin('busy', false)])
    expect(framework.preBindPreFlight(cycle, pod, 'n')).toBeUndefined()
    await framework.preBind(cycle, pod, 'n')
    expect(ran).toEqual(['busy'])
    expect(frameworkOf([plugin('idle', true)]).preBindPreFlight(state(), pod, 'n')).toEqual(skip)
  })

  test('a binder that throws is named', async () => {
    const binder: Plugin = { name: 'B', bind: () => Promise.reject(new Error('conflict')) }
    expect(await frameworkOf([binder]).bind(state(), pod, 'n')).toEqual({
      code: 'Error',
      reasons: ['running Bind plugin "B": conflict'],
    })
  })
})
