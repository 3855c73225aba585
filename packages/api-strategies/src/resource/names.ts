import {
  type FieldError,
  type FieldPath,
  invalid,
  isCIdentifier,
  isDNS1123Subdomain,
  jsonString,
  required,
  tooLong,
  utf8Length,
  withOrigin,
} from '@kube-bonsai/apimachinery'
import { invalidEach, labelErrors, named } from '../meta/checks.ts'
import { objectsOf, textOf } from '../meta/json.ts'
import { csiDriverNameErrors } from '../pod-template/validation/volumes/csi.ts'
import { covered } from './declarative/coverage.ts'

/** Drivers of devices are named as CSI drivers are. */
export const driverNameErrors: (driver: unknown, path: FieldPath) => readonly FieldError[] = csiDriverNameErrors

/** The same where declarative validation checks all but the length. */
export function coveredDriverErrors(driver: unknown, path: FieldPath): readonly FieldError[] {
  const errors = driverNameErrors(driver, path)
  return [...errors.filter(isTooLong), ...covered(errors.filter((error) => !isTooLong(error)))]
}

const isTooLong = ({ type }: FieldError): boolean => type === 'FieldValueTooLong'

const longestPoolName = 253

/** Pools have names of one or more subdomains with slashes between. */
export function poolNameErrors(name: unknown, path: FieldPath): readonly FieldError[] {
  const text = textOf(name)
  if (text === '') return [required(path)]
  const errors = [
    ...(utf8Length(text) > longestPoolName ? [tooLong(path, longestPoolName)] : []),
    ...text.split('/').flatMap((part) => invalidEach(path, part, isDNS1123Subdomain(part))),
  ]
  return withOrigin(errors, 'format=k8s-resource-pool-name')
}

const longestIdentifier = 32

function identifierErrors(name: string, path: FieldPath): readonly FieldError[] {
  return [
    ...(utf8Length(name) > longestIdentifier ? [tooLong(path, longestIdentifier)] : []),
    ...invalidEach(path, name, isCIdentifier(name)),
  ]
}

/** A C identifier, with or without a domain. Upstream lets names with several slashes pass. */
export function qualifiedNameErrors(name: string, path: FieldPath): readonly FieldError[] {
  const [first = '', second, more] = name.split('/')
  if (more !== undefined) return []
  if (second === undefined) return identifierErrors(first, path)
  return [
    ...(first === '' ? [invalid(path, '', 'the domain must not be empty')] : driverNameErrors(first, path)),
    ...(second === '' ? [invalid(path, '', 'the name must not be empty')] : identifierErrors(second, path)),
  ]
}

/** A C identifier with a domain. */
export function fullyQualifiedNameErrors(name: unknown, path: FieldPath): readonly FieldError[] {
  const text = textOf(name)
  const why = 'a fully qualified name must be a domain and a name separated by a slash'
  const errors = [...qualifiedNameErrors(text, path), ...(text.includes('/') ? [] : [invalid(path, named(text), why)])]
  return withOrigin(errors, 'format=k8s-resource-fully-qualified-name')
}

/** The requests of a claim, each with its subrequests where it has some. */
export type RequestNames = ReadonlyMap<string, ReadonlySet<string>>

/** What constraints, configurations and results of a claim may refer to. */
export function requestNamesOf(requests: unknown): RequestNames {
  return new Map(
    objectsOf(requests).map(({ name, firstAvailable }) => [
      textOf(name),
      new Set(objectsOf(firstAvailable).map((sub) => textOf(sub['name']))),
    ]),
  )
}

/** Checks the name of a request or `request/subrequest`. */
export function requestRefErrors(ref: unknown, names: RequestNames, path: FieldPath): readonly FieldError[] {
  const text = textOf(ref)
  const segments = text.split('/')
  const [request = '', sub] = segments
  const why = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"
  if (segments.length > 2) return [invalid(path, text, why)]
  const subs = names.get(request)
  const known = subs !== undefined && (sub === undefined || subs.has(sub))
  return [...segments.flatMap((segment) => labelErrors(segment, path)), ...(known ? [] : [invalid(path, text, why)])]
}

const hex = '[0-9a-fA-F]'
const dashed = new RegExp(`^${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}$`)
const plain = new RegExp(`^${hex}{32}$`)

/** What google/uuid finds wrong with a text; undefined for every form that it reads. */
function uuidProblem(text: string): string | undefined {
  const wrong = 'invalid UUID format'
  switch (utf8Length(text)) {
    case 36:
      return dashed.test(text) ? undefined : wrong
    case 32:
      return plain.test(text) ? undefined : wrong
    case 38:
      if (!text.startsWith('{') || !text.endsWith('}')) return 'invalid bracketed UUID format'
      return dashed.test(text.slice(1, -1)) ? undefined : wrong
    case 45:
      if (text.slice(0, 9).toLowerCase() !== 'urn:uuid:') return `invalid urn prefix: ${jsonString(text.slice(0, 9))}`
      return dashed.test(text.slice(9)) ? undefined : wrong
    default:
      return `invalid UUID length: ${utf8Length(text)}`
  }
}

const normalForm =
  'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters'

/** Checks the id of a share: a UUID in its usual form. */
export function uidErrors(uid: unknown, path: FieldPath): readonly FieldError[] {
  const text = textOf(uid)
  const problem = uuidProblem(text)
  const detail =
    problem !== undefined
      ? `error validating uid: ${problem}`
      : text.length !== 36 || text !== text.toLowerCase()
        ? normalForm
        : undefined
  return detail === undefined ? [] : withOrigin([invalid(path, text, detail)], 'format=k8s-uuid')
}
