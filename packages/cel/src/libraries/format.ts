import {
  isDNS1035Label,
  isDNS1123Label,
  isDNS1123Subdomain,
  isQualifiedName,
  isValidLabelValue,
} from '@kube-bonsai/apimachinery'
import type { CelFunction } from '../functions/dispatch.ts'
import { on } from '../functions/typed.ts'
import { type CelType, structType } from '../types/cel-type.ts'
import { parseDate } from '../values/time.ts'
import { ArrayList, CelObject, CelOptional, type Value } from '../values/value.ts'
import { uriProblem } from './url.ts'

/** `kubernetes.NamedFormat`. */
export class FormatValue extends CelObject {
  readonly name: string
  readonly validate: (text: string) => readonly string[]
  /** The length of the pattern that costs are computed of. */
  readonly costSize: number
  readonly type: CelType = structType('kubernetes.NamedFormat')

  constructor(name: string, costSize: number, validate: (text: string) => readonly string[]) {
    super()
    this.name = name
    this.costSize = costSize
    this.validate = validate
  }

  equals(other: Value): boolean {
    return other instanceof FormatValue && this.name === other.name
  }

  toString(): string {
    return this.name
  }
}

type Check = (text: string) => readonly string[]

/** A prefix may end in a dash, for something comes behind it. */
const asPrefix =
  (check: Check): Check =>
  (text) =>
    check(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -1)}a` : text)

const test =
  (message: string, is: (text: string) => boolean): Check =>
  (text) =>
    is(text) ? [] : [message]

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/
const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
const timeOfDay = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(?:.[0-9]+)?(?:z|[+-][0-9]{2}:[0-9]{2})$/

const isDate = (text: string): boolean => parseDate(text) !== undefined

function isDateTime(text: string): boolean {
  const [date = '', time] = text.toLowerCase().split('t')
  const [, hours = '', minutes = '', seconds = ''] = timeOfDay.exec(time ?? '') ?? []
  return isDate(date) && hours !== '' && hours <= '23' && minutes <= '59' && seconds <= '59'
}

const uri: Check = (text) => {
  const problem = uriProblem(text)
  return problem === undefined ? [] : [problem]
}

/** The named formats; sizes are the lengths of upstream's patterns. @see apiserver/pkg/cel/library/format.go */
const formats: ReadonlyMap<string, FormatValue> = new Map(
  (
    [
      ['dns1123Label', 'DNS1123Label', 30, isDNS1123Label],
      ['dns1123Subdomain', 'DNS1123Subdomain', 60, isDNS1123Subdomain],
      ['dns1035Label', 'DNS1035Label', 30, isDNS1035Label],
      ['qualifiedName', 'QualifiedName', 60, isQualifiedName],
      ['dns1123LabelPrefix', 'DNS1123LabelPrefix', 30, asPrefix(isDNS1123Label)],
      ['dns1123SubdomainPrefix', 'DNS1123SubdomainPrefix', 60, asPrefix(isDNS1123Subdomain)],
      ['dns1035LabelPrefix', 'DNS1035LabelPrefix', 30, asPrefix(isDNS1035Label)],
      ['labelValue', 'LabelValue', 40, isValidLabelValue],
      ['uri', 'URI', 1103, uri],
      ['uuid', 'uuid', 70, test('does not match the UUID format', (text) => uuid.test(text))],
      ['byte', 'byte', 84, test('invalid base64', (text) => base64.test(text))],
      ['date', 'date', 71, test('invalid date', isDate)],
      ['datetime', 'datetime', 71, test('invalid datetime', isDateTime)],
    ] as const
  ).map(([key, name, size, check]) => [key, new FormatValue(name, size, check)]),
)

function validate(format: FormatValue, text: string): Value {
  const problems = format.validate(text)
  return problems.length === 0 ? CelOptional.none : new CelOptional(new ArrayList(problems))
}

export const formatFunctions: readonly (readonly [string, CelFunction])[] = [
  ...Array.from(formats, ([key, format]) => [`format.${key}`, () => format] as const),
  [
    'format-named',
    on(['string'], (name) => {
      const format = formats.get(name)
      return format ? new CelOptional(format) : CelOptional.none
    }),
  ],
  ['format-validate', on([FormatValue, 'string'], validate)],
]
