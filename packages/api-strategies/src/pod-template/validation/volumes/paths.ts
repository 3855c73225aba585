import { type FieldError, type FieldPath, invalid } from '@kube-bonsai/apimachinery'

const climbs = (text: string): boolean => text.split('/').includes('..')

/** Refuses a path with an element that leads upwards. */
export function backstepErrors(text: string, path: FieldPath): readonly FieldError[] {
  return climbs(text) ? [invalid(path, text, "must not contain '..'")] : []
}

/** Refuses a path that leaves the directory in which it begins. */
export function descendingPathErrors(text: string, path: FieldPath): readonly FieldError[] {
  const absolute = text.startsWith('/') ? [invalid(path, text, 'must be a relative path')] : []
  return [...absolute, ...backstepErrors(text, path)]
}

/** The same, and names that begin with two dots, which the kubelet keeps for itself. */
export function localPathErrors(text: string, path: FieldPath): readonly FieldError[] {
  const reserved = text.startsWith('..') && !text.startsWith('../')
  return [...descendingPathErrors(text, path), ...(reserved ? [invalid(path, text, "must not start with '..'")] : [])]
}
