import {
  type FieldError,
  type FieldPath,
  invalid,
  isDNS1123Label,
  isDNS1123Subdomain,
  isQualifiedName,
  jsonString,
  notSupported,
  RenderedValue,
  required,
} from '@kube-bonsai/apimachinery'
import { type Fields, isAbsent, isEmpty, numberOf, textOf } from './json.ts'

/** One error per message, all for the same value. */
export function invalidEach(path: FieldPath, value: unknown, messages: readonly string[]): readonly FieldError[] {
  return messages.map((message) => invalid(path, value, message))
}

/** The same errors, which say what rule they come from. */
export function withOrigin(errors: readonly FieldError[], origin: string): readonly FieldError[] {
  return errors.map((error) => ({ ...error, origin }))
}

/** Refuses an empty value; else checks it. */
export function requiredThen(
  value: unknown,
  path: FieldPath,
  check: (text: string) => readonly string[],
): readonly FieldError[] {
  return isEmpty(value) ? [required(path)] : invalidEach(path, value, check(textOf(value)))
}

/** Refuses a text that is no DNS label. */
export function labelErrors(value: unknown, path: FieldPath): readonly FieldError[] {
  return withOrigin(invalidEach(path, textOf(value), isDNS1123Label(textOf(value))), 'format=k8s-short-name')
}

/** Refuses a value that is none of those supported; an empty one is reported as missing. */
export function oneOfErrors(value: unknown, path: FieldPath, supported: readonly string[]): readonly FieldError[] {
  if (isEmpty(value)) return [required(path)]
  return supported.includes(textOf(value)) ? [] : [notSupported(path, named(value), supported)]
}

/** Refuses a number that is not above zero. */
export function notPositiveErrors(value: unknown, path: FieldPath): readonly FieldError[] {
  return numberOf(value) > 0 ? [] : [{ ...invalid(path, value, 'must be greater than zero'), origin: 'minimum' }]
}

/** Refuses a number below zero. */
export function negativeErrors(value: unknown, path: FieldPath): readonly FieldError[] {
  return numberOf(value) < 0
    ? [{ ...invalid(path, value, 'must be greater than or equal to 0'), origin: 'minimum' }]
    : []
}

/**
 * A text whose Go type is a named one (`core.Protocol`), which messages print as JSON instead of as a quoted Go string.
 */
export function named(value: unknown): RenderedValue {
  const text = textOf(value)
  return new RenderedValue(text, jsonString(text))
}

/** Refuses a value that is set and none of those supported. */
export function ifSetOneOf(value: unknown, path: FieldPath, supported: readonly string[]): readonly FieldError[] {
  return isAbsent(value) || supported.includes(textOf(value)) ? [] : [notSupported(path, named(value), supported)]
}

/** Refuses a text that is no DNS subdomain. */
export function subdomainErrors(value: unknown, path: FieldPath): readonly FieldError[] {
  return withOrigin(invalidEach(path, textOf(value), isDNS1123Subdomain(textOf(value))), 'format=k8s-long-name')
}

/** Refuses a text that is no qualified name. */
export function qualifiedNameErrors(value: unknown, path: FieldPath): readonly FieldError[] {
  return withOrigin(invalidEach(path, textOf(value), isQualifiedName(textOf(value))), 'format=qualified-name')
}

/** Reports every empty field of an object as missing. */
export function missingErrors(object: Fields, path: FieldPath, names: readonly string[]): readonly FieldError[] {
  return names.filter((name) => isEmpty(object[name])).map((name) => required(path.child(name)))
}
