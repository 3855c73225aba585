import type { JsonValue } from '@kube-bonsai/apimachinery'
import { CorruptCheckpointError, kubeletRoot, readCheckpoint, writeCheckpoint } from '../node/checkpoint-file.ts'
import type { CheckpointStore } from '../node/checkpoints.ts'
import type { CpuManagerState } from './cpu-manager.ts'
import { type CpuSet, formatCpuSet, parseCpuSet } from './cpu-set.ts'
import type { MemoryManagerState } from './memory-manager.ts'

/** The checkpoints of the CPU and the memory manager. */
export const cpuStateFile = 'cpu_manager_state'
export const memoryStateFile = 'memory_manager_state'

/** What the CPU manager left; undefined where there is no file. Throws an Error that names the file to delete. */
export function readCpuState(store: CheckpointStore, policy: string): CpuManagerState | undefined {
  return restored('CPU', cpuStateFile, () => {
    const content = contentOf(store, cpuStateFile, policy)
    if (content === undefined) return undefined
    const shared = cpus(String(content.get('defaultCpuSet') ?? ''), 'could not parse default cpu set')
    const assigned = new Map(
      [...fields(content.get('entries'))].map(([uid, own]): [string, ReadonlyMap<string, CpuSet>] => [
        uid,
        new Map([...fields(own)].map(([name, set]) => [name, cpus(String(set), 'could not parse cpuset')])),
      ]),
    )
    return { shared, assigned }
  })
}

/** Keeps what the CPU manager has handed out. */
export function writeCpuState(store: CheckpointStore, policy: string, state?: CpuManagerState): void {
  const entries = [...(state?.assigned ?? [])].map(([uid, own]): [string, JsonValue] => [
    uid,
    Object.fromEntries([...own].map(([name, set]) => [name, formatCpuSet(set)])),
  ])
  const defaultCpuSet = state === undefined ? '' : formatCpuSet(state.shared)
  const more = entries.length === 0 ? {} : { entries: Object.fromEntries(entries) }
  writeCheckpoint(store, cpuStateFile, { policyName: policy, defaultCpuSet, ...more })
}

/** What the memory manager left; undefined where there is no file. Throws an Error that names the file to delete. */
export function readMemoryState(store: CheckpointStore, policy: string): MemoryManagerState | undefined {
  return restored('memory', memoryStateFile, () => {
    const content = contentOf(store, memoryStateFile, policy)
    if (content === undefined) return undefined
    return new Map(
      [...fields(content.get('entries'))].map(([uid, own]) => [
        uid,
        new Map([...fields(own)].map(([name, blocks]) => [name, list(blocks).map(blockOf)])),
      ]),
    )
  })
}

/** Keeps what the memory manager has pinned. */
export function writeMemoryState(store: CheckpointStore, policy: string, state: MemoryManagerState): void {
  const entries = [...state].map(([uid, own]): [string, JsonValue] => [
    uid,
    Object.fromEntries(
      [...own].map(([name, blocks]) => [
        name,
        blocks.map(({ numa, type, size }) => ({ numaAffinity: [...numa], type, size: String(size) })),
      ]),
    ),
  ])
  const more = entries.length === 0 ? {} : { entries: Object.fromEntries(entries) }
  writeCheckpoint(store, memoryStateFile, { policyName: policy, ...more })
}

function blockOf(value: JsonValue) {
  const block = fields(value)
  const size = String(block.get('size') ?? '')
  if (!/^\d+$/.test(size)) throw new Error(`could not parse memory size ${JSON.stringify(size)}`)
  return { numa: list(block.get('numaAffinity')).map(Number), type: String(block.get('type')), size: BigInt(size) }
}

function cpus(text: string, what: string): CpuSet {
  try {
    return parseCpuSet(text)
  } catch (error) {
    throw new Error(`${what} ${JSON.stringify(text)}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function contentOf(store: CheckpointStore, file: string, policy: string) {
  const content = readCheckpoint(store, file)
  if (content === undefined) return undefined
  const all = fields(content)
  const known = all.get('policyName')
  if (known === policy) return all
  const names = `${JSON.stringify(policy)} differs from state checkpoint policy ${JSON.stringify(known)}`
  throw new CorruptCheckpointError(file, `configured policy ${names}`)
}

function restored<State>(manager: string, file: string, read: () => State): State {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const path = JSON.stringify(`${kubeletRoot}/${file}`)
    const way = `please drain this node and delete the ${manager} manager checkpoint file ${path} before restarting Kubelet`
    throw new Error(`could not restore state from checkpoint: ${error.message}, ${way}`, { cause: error })
  }
}

function fields(value: JsonValue | undefined): ReadonlyMap<string, JsonValue> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map()
  return new Map(Object.entries(value).flatMap(([name, entry]) => (entry === undefined ? [] : [[name, entry]])))
}

const list = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : [])
