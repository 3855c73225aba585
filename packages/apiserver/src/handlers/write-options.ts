import { newInvalid, validateWriteOptions } from '@kube-bonsai/apimachinery'
import type { Query } from '../request/query.ts'

/** Whether a write is only tried. */
export function isDryRun(query: Query): boolean {
  return query.all('dryRun').length > 0
}

/** Throws a 422 for options of a write in the query that do not fit. */
export function checkWriteOptions(query: Query, verb: string): void {
  const fieldValidation = query.text('fieldValidation')
  const kind = { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions' }[verb] ?? 'CreateOptions'
  const manager = query.text('fieldManager')
  const errors = validateWriteOptions({
    ...(isDryRun(query) && { dryRun: query.all('dryRun') }),
    ...(manager !== '' && { fieldManager: manager }),
    ...(fieldValidation !== '' && { fieldValidation }),
  })
  if (errors.length > 0) throw newInvalid({ group: 'meta.k8s.io', kind }, '', errors)
}
