/**
 * A kubelet that does not start: its process would end before it takes up a pod. The message is the kubelet's own.
 * `kind` says what stood in the way.
 */
export class KubeletStartError extends Error {
  override readonly name = 'KubeletStartError'
  readonly kind: 'configuration' | 'runtime' | 'resources' | 'checkpoint' | 'userNamespaces'

  constructor(kind: KubeletStartError['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

/** Runs a step of the start; an Error of it becomes a KubeletStartError with `prefix` before its message. */
export function starting<Result>(kind: KubeletStartError['kind'], prefix: string, step: () => Result): Result {
  try {
    return step()
  } catch (error) {
    if (!(error instanceof Error) || error instanceof KubeletStartError) throw error
    throw new KubeletStartError(kind, `${prefix}${error.message}`, { cause: error })
  }
}
