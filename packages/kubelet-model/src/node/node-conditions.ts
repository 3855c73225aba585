import type { NodeCondition, NodeStatus } from '@kube-bonsai/api-types/core/v1'
import { apiTime } from '../time.ts'
import type { NodeReport } from './node-object.ts'

type Words = readonly [reason: string, message: string]

/** The conditions that a kubelet reports, Ready last; those of others stay. Times move only when a status does. */
export function nodeConditions(now: number, known: NodeStatus | undefined, report: NodeReport): NodeCondition[] {
  const heartbeat = apiTime(now)
  const condition = (type: string, status: boolean, reason: string, message: string): NodeCondition => {
    const text = status ? 'True' : 'False'
    const before = known?.conditions?.find((entry) => entry.type === type)
    const lastTransitionTime =
      before?.status === text && before.lastTransitionTime ? before.lastTransitionTime : heartbeat
    return { type, status: text, lastHeartbeatTime: heartbeat, lastTransitionTime, reason, message }
  }
  const { memory = false, disk = false, pid = false } = report.pressure ?? {}
  const enough = (short: boolean, what: 'Memory' | 'PID'): Words => {
    const named = what === 'PID' ? what : 'memory'
    if (short) return [`KubeletHasInsufficient${what}`, `kubelet has insufficient ${named} available`]
    return [`KubeletHasSufficient${what}`, `kubelet has sufficient ${named} available`]
  }
  const disks: Words = disk
    ? ['KubeletHasDiskPressure', 'kubelet has disk pressure']
    : ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure']
  const ready: Words =
    report.notReady === undefined
      ? ['KubeletReady', 'kubelet is posting ready status']
      : ['KubeletNotReady', report.notReady]
  const own = [
    condition('MemoryPressure', memory, ...enough(memory, 'Memory')),
    condition('DiskPressure', disk, ...disks),
    condition('PIDPressure', pid, ...enough(pid, 'PID')),
    condition('Ready', report.notReady === undefined, ...ready),
  ]
  const names = new Set(own.map(({ type }) => type))
  return [...(known?.conditions ?? []).filter(({ type }) => !names.has(type)), ...own]
}

const texts: Readonly<Record<string, readonly [string, string]>> = {
  MemoryPressure: ['NodeHasInsufficientMemory', 'NodeHasSufficientMemory'],
  DiskPressure: ['NodeHasDiskPressure', 'NodeHasNoDiskPressure'],
  PIDPressure: ['NodeHasInsufficientPID', 'NodeHasSufficientPID'],
  Ready: ['NodeReady', 'NodeNotReady'],
}

/** The reasons of the events that tell of conditions that have changed. */
export function conditionEvents(before: NodeStatus | undefined, after: NodeStatus): readonly string[] {
  if (before?.conditions === undefined) return []
  return (after.conditions ?? []).flatMap(({ type, status }) => {
    const known = before.conditions?.find((entry) => entry.type === type)
    const [yes, no] = texts[type] ?? []
    if (known === undefined || known.status === status || yes === undefined || no === undefined) return []
    return [status === 'True' ? yes : no]
  })
}
