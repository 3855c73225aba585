import type { JsonValue } from '@kube-bonsai/apimachinery'
import type { CheckpointStore } from './checkpoints.ts'

/** A checkpoint whose content does not fit its checksum, or is no JSON. */
export class CorruptCheckpointError extends Error {
  override readonly name = 'CorruptCheckpointError'
  readonly checkpoint: string

  constructor(checkpoint: string, message: string = 'checkpoint is corrupted') {
    super(message)
    this.checkpoint = checkpoint
  }
}

/** Where the kubelet keeps its files; error messages name them by their paths. */
export const kubeletRoot = '/var/lib/kubelet'

/** Writes a checkpoint with its checksum, unless that is what is there. */
export function writeCheckpoint(store: CheckpointStore, name: string, content: JsonValue): void {
  const data = JSON.stringify(content)
  const text = JSON.stringify({ data, checksum: checksumOf(data) })
  if (store.read(name) !== text) store.write(name, text)
}

/** What a checkpoint says; undefined where there is none. Throws CorruptCheckpointError. */
export function readCheckpoint(store: CheckpointStore, name: string): JsonValue | undefined {
  const text = store.read(name)
  if (text === undefined) return undefined
  const outer = parse(name, text)
  const { data, checksum } = isRecord(outer) ? outer : {}
  if (typeof data !== 'string' || checksum !== checksumOf(data)) throw new CorruptCheckpointError(name)
  return parse(name, data)
}

function parse(name: string, text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new CorruptCheckpointError(name, error instanceof Error ? error.message : String(error))
  }
}

const isRecord = (value: JsonValue): value is { readonly [field: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** FNV-1a of 32 bits over the text. The kubelet hashes a printout of its structures: its checksums are others. */
function checksumOf(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
