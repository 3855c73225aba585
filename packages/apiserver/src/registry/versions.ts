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

const uint64 = /^\d{1,19}$/

/** The version parameters of a list or watch, checked together. Throws the 422 that upstream gives for a bad combination. */
export function checkListOptions(query: Query, watch: boolean): void {
  const match = query.text('resourceVersionMatch')
  const version = query.text('resourceVersion')
  const errors: FieldError[] = []
  const at = (name: string) => FieldPath.of(name)
  if (watch || query.has('sendInitialEvents')) {
    if (query.has('sendInitialEvents') && !watch)
      errors.push(forbidden(at('sendInitialEvents'), 'sendInitialEvents is forbidden for list'))
    else if (query.has('sendInitialEvents') && match !== 'NotOlderThan') {
      errors.push(
        forbidden(
          at('resourceVersionMatch'),
          'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
        ),
      )
    } else if (!query.has('sendInitialEvents') && match !== '') {
      errors.push(
        forbidden(
          at('resourceVersionMatch'),
          'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
        ),
      )
    }
  } else if (match !== '') {
    if (version === '')
      errors.push(
        forbidden(at('resourceVersionMatch'), 'resourceVersionMatch is forbidden unless resourceVersion is provided'),
      )
    if (query.text('continue') !== '')
      errors.push(forbidden(at('resourceVersionMatch'), 'resourceVersionMatch is forbidden when continue is provided'))
    if (match !== 'Exact' && match !== 'NotOlderThan')
      errors.push(notSupported(at('resourceVersionMatch'), match, ['Exact', 'NotOlderThan', '']))
    if (match === 'Exact' && version === '0')
      errors.push(
        forbidden(at('resourceVersionMatch'), 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
      )
  }
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
export async function waitForRevision({ storage, clock }: ServerContext, revision: number): Promise<void> {
  if (revision <= storage.revision) return
  const deadline = clock.now() + 3000
  while (storage.revision < revision) {
    if (clock.now() >= deadline) throw newTooLargeResourceVersion(revision, storage.revision, 1)
    await new Promise<void>((resolve) => clock.schedule(Math.min(clock.now() + 100, deadline), resolve))
  }
}
