import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clusterEvent, type Plugin, type QueuedPod, SchedulerMetrics, SchedulingQueue } from '../src/index.ts'
import { frameworkOf, makePod } from './helpers.ts'

const sort: Plugin = { name: 'Sort', queueSort: (left, right) => left.timestamp - right.timestamp }
const fit: Plugin = {
  name: 'Fit',
  filter: () => undefined,
  eventsToRegister: () => [{ resource: 'Node', actions: ['Add'] }],
}
const places = ['active', 'backoff', 'unschedulable', 'gated', 'in-flight']
const pod = fc.nat(5)
const action = fc.oneof(
  fc.record({ do: fc.constant('add' as const), pod }),
  fc.record({ do: fc.constant('delete' as const), pod }),
  fc.record({ do: fc.constant('pop' as const) }),
  fc.record({ do: fc.constant('done' as const) }),
  fc.record({ do: fc.constant('return' as const), error: fc.boolean() }),
  fc.record({ do: fc.constant('event' as const), node: fc.boolean() }),
  fc.record({ do: fc.constant('update' as const), pod }),
  fc.record({ do: fc.constant('activate' as const), pod }),
  fc.record({ do: fc.constant('gate' as const), open: fc.boolean() }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.nat(400_000) }),
)

test('whatever happens, every pod that lives and has no place yet is in exactly one place', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 80 }), (script) => {
      let [time, open] = [0, true]
      const gate: Plugin = {
        name: 'Gate',
        preEnqueue: () => (open ? undefined : { code: 'UnschedulableAndUnresolvable', reasons: ['closed'] }),
      }
      const framework = frameworkOf([sort, fit, gate])
      const metrics = new SchedulerMetrics()
      const queue = new SchedulingQueue({ now: () => time, frameworkFor: () => framework, metrics })
      const living = new Set<string>()
      const flying: QueuedPod[] = []
      const placesOf = (key: string) => [
        ...queue.pending().filter((waiting) => waiting.key === key),
        ...flying.filter((popped) => popped.key === key),
      ]
      for (const step of script) {
        if (step.do === 'add') {
          const name = `p${step.pod}`
          if (living.has(`default/${name}`)) continue
          queue.add(makePod(name, '1'))
          living.add(`default/${name}`)
        } else if (step.do === 'delete') {
          const key = `default/p${step.pod}`
          if (flying.some((popped) => popped.key === key)) continue
          queue.delete(key)
          living.delete(key)
        } else if (step.do === 'pop') {
          const popped = queue.pop()
          if (popped) flying.push(popped)
        } else if (step.do === 'done') {
          const popped = flying.shift()
          if (popped === undefined) continue
          queue.done(popped.info.uid)
          living.delete(popped.key)
        } else if (step.do === 'return') {
          const popped = flying.shift()
          const rejectedBy = new Set(step.error ? [] : ['Fit'])
          if (popped) queue.returnUnschedulable(popped, { rejectedBy, pendingBy: new Set() })
        } else if (step.do === 'event') {
          const event = step.node ? clusterEvent('Node', 'Add') : clusterEvent('StorageClass', 'Add')
          queue.observe({ event, before: undefined, after: {} })
        } else if (step.do === 'update') {
          const name = `p${step.pod}`
          if (living.has(`default/${name}`)) queue.update(makePod(name, '2'), [])
        } else if (step.do === 'activate') queue.activate([`default/p${step.pod}`])
        else if (step.do === 'gate') open = step.open
        else {
          time += step.ms
          queue.flush()
        }
        for (const key of living) {
          expect(placesOf(key), key).toHaveLength(1)
          expect(places).toContain(queue.place(key))
        }
        const counts = queue.counts()
        expect(queue.pending().length + flying.length).toBe(living.size)
        expect(metrics.value('pending_pods', { queue: 'backoff' })).toBe(counts.backoff)
      }
    }),
  )
})

test('back-off never shrinks as attempts fail, and never passes its maximum by more than a window', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(999), (attempts, start) => {
      let time = start
      const framework = frameworkOf([sort, fit])
      const queue = new SchedulingQueue({ now: () => time, frameworkFor: () => framework })
      queue.add(makePod('web', '1'))
      let before = 0
      for (let attempt = 0; attempt < attempts; attempt++) {
        const popped = queue.pop()
        if (popped === undefined) throw new Error('the queue is empty')
        time = Math.ceil(time / 1000) * 1000 + start
        queue.returnUnschedulable(popped, { rejectedBy: new Set(), pendingBy: new Set() })
        const wait = (queue.nextWake() ?? 0) - time
        expect(wait).toBeGreaterThanOrEqual(before)
        expect(wait).toBeLessThanOrEqual(11_000)
        before = wait
        time += wait
        queue.flush()
      }
    }),
  )
})
