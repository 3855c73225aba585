import { describe, expect, it } from 'vitest'
import { Metrics } from '../src/index.ts'

describe('metrics of a kubelet', () => {
  it('are written as Prometheus reads them, with the prefix of the kubelet', () => {
    const metrics = new Metrics()
    metrics.counter('started_pods_total').add()
    metrics.gauge('pod_pending_resizes').set(2, { reason: 'deferred' })
    metrics.gauge('pod_pending_resizes').set(1, { reason: 'say "no"\n' })
    const duration = metrics.histogram('pod_resize_duration_milliseconds', [10, 100])
    for (const value of [5, 10, 50, 500]) duration.observe(value, { success: 'true' })
    expect(metrics.text()).toBe(
      [
        '# TYPE kubelet_pod_pending_resizes gauge',
        'kubelet_pod_pending_resizes{reason="deferred"} 2',
        'kubelet_pod_pending_resizes{reason="say \\"no\\"\\n"} 1',
        '# TYPE kubelet_pod_resize_duration_milliseconds histogram',
        'kubelet_pod_resize_duration_milliseconds_bucket{success="true",le="10"} 2',
        'kubelet_pod_resize_duration_milliseconds_bucket{success="true",le="100"} 3',
        'kubelet_pod_resize_duration_milliseconds_bucket{success="true",le="+Inf"} 4',
        'kubelet_pod_resize_duration_milliseconds_sum{success="true"} 565',
        'kubelet_pod_resize_duration_milliseconds_count{success="true"} 4',
        '# TYPE kubelet_started_pods_total counter',
        'kubelet_started_pods_total 1',
        '',
      ].join('\n'),
    )
  })

  it('are found by their labels in any order, and are absent until they were touched', () => {
    const metrics = new Metrics()
    metrics.counter('a_total').add(2, { x: '1', y: '2' })
    expect(metrics.value('a_total', { y: '2', x: '1' })).toBe(2)
    expect(metrics.value('a_total')).toBeUndefined()
    expect(metrics.value('b_total')).toBeUndefined()
    metrics.gauge('gone').set(1)
    metrics.gauge('gone').remove()
    expect(metrics.text()).not.toContain('gone')
  })

  it('refuse to be two kinds at once, and counters that fall', () => {
    const metrics = new Metrics()
    metrics.counter('a_total')
    expect(() => metrics.gauge('a_total')).toThrow('metric a_total is a counter, not a gauge')
    expect(() => metrics.counter('a_total').add(-1)).toThrow('counter a_total cannot fall by 1')
  })
})
