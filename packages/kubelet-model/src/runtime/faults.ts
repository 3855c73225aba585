/** What is asked of a runtime, for those who want it to fail. */
export interface RuntimeCall {
  readonly call: 'create' | 'start' | 'stop' | 'update' | 'removeImage'
  readonly podUid: string
  readonly podName: string
  /** The container's name; the image's where an image is removed. */
  readonly container: string
  /** 0 for the first container of its name in its pod. */
  readonly attempt: number
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The message with which a call fails; undefined lets it through. */
export type RuntimeFaults = (call: RuntimeCall) => string | undefined

/** A runtime could not do what it was asked. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError'
  readonly call: RuntimeCall['call']
  constructor(call: RuntimeCall['call'], message: string) {
    super(message)
    this.call = call
  }
}
