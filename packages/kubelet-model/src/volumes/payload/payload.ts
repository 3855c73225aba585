/** One file of a volume that the kubelet writes: text, bytes, or whatever gives them when they are written. */
export interface PayloadFile {
  readonly content: string | Uint8Array | (() => string | Uint8Array)
  readonly mode: number
  /** The owner; root by default. */
  readonly uid?: number
}

/** The files of such a volume by their paths in it. */
export type Payload = ReadonlyMap<string, PayloadFile>

/** What a file holds once it is written. */
export function contentOf({ content }: PayloadFile): string | Uint8Array {
  return typeof content === 'function' ? content() : content
}

/** The bytes of a value in base64, as secrets and binary data hold theirs. */
export function decoded(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
