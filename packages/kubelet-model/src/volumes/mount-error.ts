/** Where a volume failed: while it was set up, or before that, while it was found out what it is. */
export type MountStep = 'setUp' | 'process'

/** What of a volume failed, where that is not its set-up by the name that the pod gives it. */
export interface MountErrorPlace {
  /** The persistent volume. */
  readonly volume?: string | undefined
  readonly operation?: 'MountVolume.NewMounter initialization' | 'MountVolume.MountDevice'
}

/** A volume cannot be mounted now; it is tried again. `message` is the cause, as the kubelet's events tell it. */
export class MountError extends Error {
  override readonly name = 'MountError'
  readonly step: MountStep
  readonly place: MountErrorPlace

  constructor(message: string, step: MountStep = 'setUp', place: MountErrorPlace = {}) {
    super(message)
    this.step = step
    this.place = place
  }
}

/** What the event says of a volume that a pod calls `name`. */
export function failureText(name: string, error: unknown): string {
  const { volume = name, operation = 'MountVolume.SetUp' } = error instanceof MountError ? error.place : {}
  return `${operation} failed for volume "${volume}" : ${causeOf(error)}`
}

/** What is wrong in words, whatever was thrown. */
export function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
