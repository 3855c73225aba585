import {
  type FieldError,
  FieldPath,
  fieldImmutableMessage,
  invalid,
  isDNS1123Subdomain,
  required,
  semanticEqual,
  structValue,
  utf8Length,
} from '@kube-bonsai/apimachinery'
import { internalValue } from '../../internal-form/internal-value.ts'
import { invalidEach, qualifiedNameErrors } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, numberOf, textOf } from '../../meta/json.ts'

const at = (...names: readonly [string, ...string[]]): FieldPath => FieldPath.of(...names)
const mismatch = 'does not match event.namespace'
const unset = 'needs to be unset'
const limits = [
  ['reportingInstance', 128],
  ['action', 128],
  ['reason', 128],
] as const
const maxMessage = 1024

/** Checks that every event passes, whichever group it was sent to. `reporter` is what that group calls the reporting controller. */
export function legacyErrors(event: Fields, reporter: string): readonly FieldError[] {
  const { eventTime } = event
  const own = textOf(fieldsOf(event['metadata'])['namespace'])
  const namespace = textOf(fieldsOf(event['involvedObject'])['namespace'])
  const namespacePath = at('involvedObject', 'namespace')
  const errors: FieldError[] = []
  if (isEmpty(eventTime)) {
    const allowed = namespace === '' ? ['', 'default'] : [namespace]
    if (!allowed.includes(own)) errors.push(invalid(namespacePath, namespace, mismatch))
  } else {
    if (namespace === '' && own !== 'default' && own !== 'kube-system') {
      errors.push(invalid(namespacePath, namespace, mismatch))
    }
    errors.push(...newStyleErrors(event, reporter))
  }
  return [...errors, ...invalidEach(at('namespace'), own, isDNS1123Subdomain(own))]
}

function newStyleErrors(event: Fields, reporter: string): readonly FieldError[] {
  const component = textOf(event['reportingComponent'])
  const errors: FieldError[] = component === '' ? [required(at(reporter))] : []
  errors.push(...qualifiedNameErrors(component, at(reporter)))
  for (const [name, limit] of limits) {
    const text = textOf(event[name])
    if (text === '') errors.push(required(at(name)))
    if (utf8Length(text) > limit) errors.push(invalid(at(name), '', `can have at most ${limit} characters`))
  }
  if (utf8Length(textOf(event['message'])) > maxMessage) {
    errors.push(invalid(at('message'), '', `can have at most ${maxMessage} characters`))
  }
  return errors
}

function seriesErrors({ series }: Fields): readonly FieldError[] {
  if (!isFields(series)) return []
  return [
    ...(numberOf(series['count']) < 2 ? [invalid(at('series.count'), '', 'should be at least 2')] : []),
    ...(isEmpty(series['lastObservedTime']) ? [required(at('series.lastObservedTime'))] : []),
  ]
}

/** Checks that events of events.k8s.io/v1 must pass besides. */
export function strictErrors(event: Fields): readonly FieldError[] {
  const type = textOf(event['type'])
  const { component, host } = fieldsOf(event['source'])
  const errors: FieldError[] = [...seriesErrors(event)]
  if (isEmpty(event['eventTime'])) errors.push(required(at('eventTime')))
  if (type !== 'Normal' && type !== 'Warning') errors.push(invalid(at('type'), '', `has invalid value: ${type}`))
  for (const name of ['firstTimestamp', 'lastTimestamp', 'count']) {
    if (!isEmpty(event[name])) errors.push(invalid(at(name), '', unset))
  }
  if (!isEmpty(component) || !isEmpty(host)) errors.push(invalid(at('source'), '', unset))
  return errors
}

function shownReference(reference: unknown): unknown {
  return isFields(reference) ? internalValue('ObjectReference', reference) : null
}

function shownSource(source: unknown): unknown {
  const { component, host } = fieldsOf(source)
  return structValue({ Component: textOf(component), Host: textOf(host) }, ['Component', 'Host'])
}

const shownText = (value: unknown): unknown => textOf(value)
const shownTime = (value: unknown): unknown => value ?? null

/** What an event may not change, in the order of the checks; how upstream calls it; and how messages print it. */
const fixed: readonly (readonly [name: string, path: string, shown: (value: unknown) => unknown])[] = [
  ['involvedObject', 'involvedObject', (value) => shownReference(fieldsOf(value))],
  ['reason', 'reason', shownText],
  ['message', 'message', shownText],
  ['source', 'source', shownSource],
  ['firstTimestamp', 'firstTimestamp', shownTime],
  ['lastTimestamp', 'lastTimestamp', shownTime],
  ['count', 'count', numberOf],
  ['reason', 'reason', shownText],
  ['type', 'type', shownText],
  ['eventTime', 'eventTime', shownTime],
  ['action', 'action', shownText],
  ['related', 'related', shownReference],
  ['reportingComponent', 'reportingController', shownText],
  ['reportingInstance', 'reportingInstance', shownText],
]

/** Checks that an update by events.k8s.io/v1 changes only the series. */
export function strictUpdateErrors(event: Fields, old: Fields): readonly FieldError[] {
  const same = (a: unknown, b: unknown): boolean => semanticEqual(a, b) || (isNothing(a) && isNothing(b))
  return [
    ...(same(event['series'], old['series']) ? [] : seriesErrors(event)),
    ...fixed.flatMap(([name, path, shown]) =>
      same(event[name], old[name]) ? [] : [invalid(at(path), shown(event[name]), fieldImmutableMessage)],
    ),
  ]
}

const isNothing = (value: unknown): boolean => isAbsent(value) || isEmpty(value)
