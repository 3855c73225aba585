import {
  type ApiRequest,
  isValidPathSegmentName,
  parseFieldSelector,
  parseRequirements,
} from '@kube-bonsai/apimachinery'
import { Query } from '../request/query.ts'
import type { ResourceRequest } from '../request/request-info.ts'
import type { ResourceAttributes, SelectorRequirement } from './authorizer.ts'

const verbs = new Set(['list', 'watch', 'deletecollection'])

type Selected = Partial<Pick<ResourceAttributes, 'name' | 'fieldSelector' | 'labelSelector'>>

/** What the selectors of a request tell about which objects it is. One that cannot be read tells nothing; the request fails later. */
export function selectorsOf(info: ResourceRequest, parameters: ApiRequest['query']): Selected {
  if (parameters === undefined || !verbs.has(info.verb)) return {}
  const query = new Query(parameters)
  const fieldSelector = fieldRequirements(query.text('fieldSelector'))
  const labelSelector = labelRequirements(query.text('labelSelector'))
  const name = info.name === '' && info.verb !== 'deletecollection' ? nameIn(fieldSelector) : undefined
  return {
    ...(name !== undefined && { name }),
    ...(fieldSelector.length > 0 && { fieldSelector }),
    ...(labelSelector.length > 0 && { labelSelector }),
  }
}

/** A list of the one object that has a name counts as a question about that object. */
function nameIn(requirements: readonly SelectorRequirement[]): string | undefined {
  const found = requirements.find(({ key, operator }) => key === 'metadata.name' && operator === '=')?.values[0]
  return found !== undefined && isValidPathSegmentName(found).length === 0 ? found : undefined
}

/** The requirements of a field selector; none when it cannot be read. */
export function fieldRequirements(text: string): readonly SelectorRequirement[] {
  if (text === '') return []
  try {
    return parseFieldSelector(text).requirements.map(({ field, operator, value }) => ({
      key: field,
      operator,
      values: [value],
    }))
  } catch {
    return []
  }
}

/** The requirements of a label selector; none when it cannot be read. */
export function labelRequirements(text: string): readonly SelectorRequirement[] {
  if (text === '') return []
  try {
    return parseRequirements(text)
  } catch {
    return []
  }
}
