/** Why an address or a port could not be had; callers put it into the message for their field. */
export class AllocationError extends Error {
  readonly kind: 'full' | 'allocated' | 'mismatched' | 'outside'

  constructor(kind: 'full' | 'allocated' | 'mismatched' | 'outside', message: string) {
    super(message)
    this.name = 'AllocationError'
    this.kind = kind
  }
}
