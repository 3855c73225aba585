import type { GroupVersionKind } from '@kube-bonsai/apimachinery'

/** Thrown by `decode` for a kind whose types are not loaded or do not exist: a mistake of the caller, not of the data. */
export class UnknownKindError extends Error {
  override readonly name: string = 'UnknownKindError'
  readonly kind = 'unknown-kind'
  readonly wanted: GroupVersionKind

  constructor(wanted: GroupVersionKind) {
    const at = wanted.group === '' ? wanted.version : `${wanted.group}/${wanted.version}`
    super(`no type of ${at} ${wanted.kind} is loaded; await scheme.load(group, version) first`)
    this.wanted = wanted
  }
}

/** Ends decoding at the spot, as a Go type's own decoder does when it refuses a value. */
export class DecodeAbort extends Error {
  override readonly name: string = 'DecodeAbort'
}
