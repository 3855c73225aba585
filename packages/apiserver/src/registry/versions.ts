import {
  type FieldError,
  FieldPath,
  forbidden,
  formatFieldError,
  invalid,
  newBadRequest,
  newInvalid,
  newTooLargeResourceVersion,
  notSupported,
  quote,
  StatusError,
} from '@kube-bonsai/apimachinery'
import type { ServerContext } from '../context.ts'
import type { Query } from '../request/query.ts'
import type { Stored } from './catalog.ts'

const uint64 = /^\d{1,19}$/

/** The version parameters of a list or watch, checked together. Throws the 422 that upstream gives for a bad combination. */
export function checkListOptions(query: Query, watch: boolean): void {
  const match = query.text('resourceVersionMatch')
  const version = query.text('resourceVersion')
  const initial = query.has('sendInitialEvents')
  const known = watch ? ['NotOlderThan'] : ['Exact', 'NotOlderThan']
  const field = FieldPath.of('resourceVersionMatch')
  const errors: FieldError[] = []
  const forbid = (wrong: boolean, why: string) => {
    if (wrong) errors.push(forbidden(field, why))
  }
  forbid(
    watch && initial && match !== 'NotOlderThan',
    'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
  )
  if (match !== '') {
    forbid(watch && !initial, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')
    forbid(!watch && version === '', 'resourceVersionMatch is forbidden unless resourceVersion is provided')
    const unknown = known.includes(match) ? [] : [notSupported(field, match, watch ? known : [...known, ''])]
    if (watch) errors.push(...unknown)
    forbid(query.text('continue') !== '', 'resourceVersionMatch is forbidden when continue is provided')
    if (!watch) errors.push(...unknown)
    const impossible = !watch && match === 'Exact' && version === '0'
    forbid(impossible, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
  }
  if (initial && !watch)
    errors.push(forbidden(FieldPath.of('sendInitialEvents'), 'sendInitialEvents is forbidden for list'))
  if (errors.length > 0) throw newInvalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors)
}

/** A version as a revision; undefined when absent. Throws a 400 on lists, and the plain 500 that upstream gives elsewhere. */
export function readVersion(text: string, verb: 'list' | 'get' | 'watch' | 'update'): number | undefined {
  if (text === '') return undefined
  if (uint64.test(text)) return Number(text)
  const error = invalid(FieldPath.of('resourceVersion'), text, `strconv.ParseUint: parsing "${text}": invalid syntax`)
  if (verb === 'list') throw newBadRequest(`invalid resource version: ${formatFieldError(error)}`)
  const problem = `strconv.ParseUint: parsing ${quote(text)}: invalid syntax`
  if (verb === 'update') throw StatusError.of({ reason: '', code: 500, message: problem })
  throw StatusError.of({
    reason: '',
    code: 500,
    message: `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`,
  })
}

/** Waits up to three seconds for a revision. Throws the 504 of upstream when it does not come. */
export async function waitForRevision(
  { storage, clock }: ServerContext,
  revision: number,
  { resource }: Pick<Stored, 'resource'>,
): Promise<void> {
  if (revision <= storage.revision) return
  // Upstream keeps no cache of events that could catch up.
  if (resource === 'events') throw newTooLargeResourceVersion(revision, storage.revision, 0)
  const deadline = clock.now() + 3000
  while (storage.revision < revision) {
    if (clock.now() >= deadline) throw newTooLargeResourceVersion(revision, storage.revision, 1)
    await new Promise<void>((resolve) => clock.schedule(Math.min(clock.now() + 100, deadline), resolve))
  }
}
