import { describe, expect, test } from 'vitest'
import { clusterEvent, type Plugin, SchedulerMetrics, SchedulingQueue } from '../src/index.ts'
import { frameworkOf, makePod } from './helpers.ts'

const sort: Plugin = {
  name: 'Sort',
  queueSort: (left, right) => right.info.priority - left.info.priority || left.timestamp - right.timestamp,
}
/** Cares about nodes that come, and about nothing else. */
const fit: Plugin = {
  name: 'Fit',
  filter: () => undefined,
  eventsToRegister: () => [{ resource: 'Node', actions: ['Add'] }],
}

function setUp(plugins: readonly Plugin[] = [sort, fit], popFromBackoff = true) {
  let time = 0
  const framework = frameworkOf(plugins)
  const queue = new SchedulingQueue({ now: () => time, frameworkFor: () => framework, popFromBackoff })
  const pop = () => {
    const pod = queue.pop()
    if (pod === undefined) throw new Error('the queue is empty')
    return pod
  }
  const rejected = (...plugins: readonly string[]) => ({ rejectedBy: new Set(plugins), pendingBy: new Set<string>() })
  const nodeAdded = { event: clusterEvent('Node', 'Add'), before: undefined, after: {} }
  return { queue, pop, rejected, nodeAdded, at: (ms: number) => (time = ms) }
}

describe('the scheduling queue', () => {
  test('waits 1, 2, 4, 8, 10 and 10 seconds, and leaves with the second after', () => {
    const { queue, pop, rejected, nodeAdded, at } = setUp([sort, fit], true)
    queue.add(makePod('web', '1'))
    let now = 10_400
    at(now)
    const waits = [1, 2, 4, 8, 10, 10].map((seconds) => {
      queue.returnUnschedulable(pop(), rejected('Fit'))
      queue.observe(nodeAdded)
      expect(queue.place('default/web')).toBe('backoff')
      const wake = queue.nextWake() ?? 0
      at(wake - 1)
      queue.flush()
      expect(queue.place('default/web')).toBe('backoff')
      at(wake)
      queue.flush()
      expect(queue.place('default/web')).toBe('active')
      const window = Math.floor((now + seconds * 1000) / 1000) * 1000 + 1000
      expect(wake).toBe(window)
      now = wake
      return seconds
    })
    expect(waits).toHaveLength(6)
  })

  test('with nothing else to do, takes who backs off by its own fault, never who met an error', () => {
    const { queue, pop, rejected, nodeAdded } = setUp()
    queue.add(makePod('low', '1'))
    queue.add(makePod('high', '1', { priority: 9 }))
    for (const pod of [pop(), pop()]) queue.returnUnschedulable(pod, rejected('Fit'))
    queue.observe(nodeAdded)
    expect(pop().key).toBe('default/high')
    queue.returnUnschedulable(pop(), rejected())
    expect(queue.place('default/low')).toBe('backoff')
    expect(queue.pop()).toBeUndefined()
  })

  test('replays what happened while a pod was in flight', () => {
    const { queue, pop, rejected, nodeAdded } = setUp()
    queue.add(makePod('web', '1'))
    const pod = pop()
    queue.observe(nodeAdded)
    queue.returnUnschedulable(pod, rejected('Fit'))
    expect(queue.place('default/web')).toBe('backoff')
  })

  test('leaves a pod alone when nothing that its rejecting plugins care about happens', () => {
    const { queue, pop, rejected } = setUp()
    queue.add(makePod('web', '1'))
    const pod = pop()
    queue.observe({ event: clusterEvent('AssignedPod', 'Delete'), before: {}, after: undefined })
    queue.returnUnschedulable(pod, rejected('Fit'))
    expect(queue.place('default/web')).toBe('unschedulable')
  })

  test('a plugin that was pending brings its pod back at once', () => {
    const { queue, pop, nodeAdded } = setUp()
    queue.add(makePod('web', '1'))
    queue.returnUnschedulable(pop(), { rejectedBy: new Set(['Fit']), pendingBy: new Set(['Fit']) })
    queue.observe(nodeAdded)
    expect(queue.place('default/web')).toBe('active')
  })

  test('a hint that throws counts as Queue', () => {
    const angry: Plugin = {
      name: 'Angry',
      filter: () => undefined,
      eventsToRegister: () => [
        {
          resource: 'Node',
          actions: ['Add'],
          hint: () => {
            throw new Error('no mood')
          },
        },
      ],
    }
    const { queue, pop, rejected, nodeAdded } = setUp([sort, angry])
    queue.add(makePod('web', '1'))
    queue.returnUnschedulable(pop(), rejected('Angry'))
    queue.observe(nodeAdded)
    expect(queue.place('default/web')).toBe('backoff')
  })

  test('asks no hint for a gated pod but those of its gate', () => {
    let open = false
    const gate: Plugin = {
      name: 'Gate',
      preEnqueue: () => (open ? undefined : { code: 'UnschedulableAndUnresolvable', reasons: ['closed'] }),
      eventsToRegister: () => [{ resource: 'Workload', actions: ['Add'] }],
    }
    const { queue, nodeAdded } = setUp([sort, fit, gate])
    queue.add(makePod('web', '1'))
    expect(queue.place('default/web')).toBe('gated')
    open = true
    queue.observe(nodeAdded)
    expect(queue.place('default/web')).toBe('gated')
    queue.observe({ event: clusterEvent('Workload', 'Add'), before: undefined, after: {} })
    expect(queue.place('default/web')).toBe('active')
  })

  test('looks again at pods that have waited five minutes for nothing', () => {
    const { queue, pop, rejected, at } = setUp()
    queue.add(makePod('web', '1'))
    queue.returnUnschedulable(pop(), rejected('Fit'))
    at(300_000)
    queue.flush()
    expect(queue.place('default/web')).toBe('unschedulable')
    at(300_001)
    queue.flush()
    expect(queue.place('default/web')).toBe('active')
  })

  test('activates whatever the back-off, and one in flight when it comes back', () => {
    const { queue, pop, rejected } = setUp()
    queue.add(makePod('one', '1'))
    queue.returnUnschedulable(pop(), rejected('Fit'))
    queue.activate(['default/one'])
    expect(queue.place('default/one')).toBe('active')
    const flying = pop()
    queue.activate(['default/one'])
    queue.returnUnschedulable(flying, rejected('Fit'))
    expect(queue.place('default/one')).toBe('backoff')
  })

  test('refuses to take back a pod that waits already', () => {
    const { queue, pop, rejected } = setUp()
    queue.add(makePod('web', '1'))
    const pod = pop()
    queue.add(makePod('web', '1'))
    const again = () => queue.returnUnschedulable(pod, rejected('Fit'))
    expect(again).toThrow('Pod default/web is already present in the active queue')
  })

  test('counts who came where and why, and who waits for which plugin', () => {
    const framework = frameworkOf([sort, fit])
    const metrics = new SchedulerMetrics()
    const queue = new SchedulingQueue({ now: () => 0, frameworkFor: () => framework, metrics })
    queue.add(makePod('web', '1'))
    const popped = queue.pop()
    if (popped) queue.returnUnschedulable(popped, { rejectedBy: new Set(['Fit']), pendingBy: new Set() })
    const came = { queue: 'active', event: 'UnschedulablePodAdd' }
    expect(metrics.value('queue_incoming_pods_total', came)).toBe(1)
    expect(metrics.value('pending_pods', { queue: 'unschedulable' })).toBe(1)
    expect(metrics.value('unschedulable_pods', { plugin: 'Fit', profile: 'default-scheduler' })).toBe(1)
  })
})
