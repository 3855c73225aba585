import { type Fields, fieldsOf, isAbsent } from '../meta/json.ts'

/** The fields that are there, in the order in which they are given. */
function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isAbsent(value)))
}

const zero = '0'
const reference = ({ kind, name, apiVersion }: Fields): Fields => ({
  kind: kind ?? '',
  name: name ?? '',
  ...(isAbsent(apiVersion) || apiVersion === '' ? {} : { apiVersion }),
})

/** A selector with its fields in Go's order. */
function selectorIn(metric: unknown): unknown {
  const { selector } = fieldsOf(metric)
  if (isAbsent(selector)) return undefined
  const { matchLabels, matchExpressions } = fieldsOf(selector)
  return present({ matchLabels, matchExpressions })
}

const metricName = (source: Fields): unknown => fieldsOf(source['metric'])['name'] ?? ''

type Turn = (source: Fields) => Fields

/** What v2 says of a metric, in the words and the order of v1's annotations; `part` is the field with the amounts. */
const toV1: Readonly<Record<string, (part: 'target' | 'current') => Turn>> = {
  object: (part) => (source) => {
    const amounts = fieldsOf(source[part])
    const prefix = part === 'target' ? 'targetValue' : 'currentValue'
    return present({
      target: reference(fieldsOf(source['describedObject'])),
      metricName: metricName(source),
      [prefix]: amounts['value'] ?? zero,
      selector: selectorIn(source['metric']),
      averageValue: amounts['averageValue'],
    })
  },
  pods: (part) => (source) =>
    present({
      metricName: metricName(source),
      [`${part}AverageValue`]: fieldsOf(source[part])['averageValue'] ?? zero,
      selector: selectorIn(source['metric']),
    }),
  resource: (part) => (source) => resource(source, part),
  containerResource: (part) => (source) => ({ ...resource(source, part), container: source['container'] ?? '' }),
  external: (part) => (source) => {
    const { value, averageValue } = fieldsOf(source[part])
    return present({
      metricName: metricName(source),
      metricSelector: selectorIn(source['metric']),
      [`${part}Value`]: part === 'current' ? (value ?? zero) : value,
      [`${part}AverageValue`]: averageValue,
    })
  },
}

function resource(source: Fields, part: 'target' | 'current'): Fields {
  const { averageUtilization, averageValue } = fieldsOf(source[part])
  return present({
    name: source['name'] ?? '',
    [`${part}AverageUtilization`]: averageUtilization,
    [`${part}AverageValue`]: part === 'current' ? (averageValue ?? zero) : averageValue,
  })
}

const order = ['object', 'pods', 'resource', 'containerResource', 'external']

/** A metric of v2 as v1 keeps it in an annotation. */
export function metricToV1(metric: Fields, part: 'target' | 'current'): Fields {
  const result: Record<string, unknown> = { type: metric['type'] ?? '' }
  for (const name of order) {
    if (!isAbsent(metric[name])) result[name] = toV1[name]?.(part)(fieldsOf(metric[name]))
  }
  return result
}

/** A metric of one of v1's annotations in v2. */
export function metricFromV1(metric: Fields, part: 'target' | 'current'): Fields {
  const result: Record<string, unknown> = { type: metric['type'] ?? '' }
  for (const name of order) {
    if (!isAbsent(metric[name])) result[name] = sourceFromV1(name, fieldsOf(metric[name]), part)
  }
  return result
}

function sourceFromV1(name: string, source: Fields, part: 'target' | 'current'): Fields {
  const { container } = source
  const averageUtilization = source[`${part}AverageUtilization`]
  const average = source[`${part}AverageValue`]
  const value = source[`${part}Value`]
  const orZero = (amount: unknown): unknown => (part === 'current' ? (amount ?? zero) : amount)
  const amounts = (type: string, fields: Fields): Fields => ({
    [part]: present(part === 'target' ? { type, ...fields } : fields),
  })
  const metric = (selector: unknown): Fields => present({ name: source['metricName'] ?? '', selector })
  switch (name) {
    case 'object': {
      const { averageValue } = source
      return {
        describedObject: reference(fieldsOf(source['target'])),
        ...amounts(isAbsent(averageValue) ? 'Value' : 'AverageValue', { value: value ?? zero, averageValue }),
        metric: metric(source['selector']),
      }
    }
    case 'pods':
      return { metric: metric(source['selector']), ...amounts('AverageValue', { averageValue: average ?? zero }) }
    case 'external':
      return {
        metric: metric(source['metricSelector']),
        ...amounts(isAbsent(value) ? 'AverageValue' : 'Value', { value: orZero(value), averageValue: average }),
      }
    default: {
      const type = isAbsent(averageUtilization) ? 'AverageValue' : 'Utilization'
      const named = { name: source['name'] ?? '', ...(name === 'resource' ? {} : { container: container ?? '' }) }
      return { ...named, ...amounts(type, { averageValue: orZero(average), averageUtilization }) }
    }
  }
}
