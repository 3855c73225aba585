import { type FieldError, type FieldPath, invalid, isDNS1035Label } from '@kube-bonsai/apimachinery'
import { type Fields, listOf, textOf } from '../meta/json.ts'

const mixed = 'may have mixed case, but should otherwise match: '

/** Checks the names of a definition, wanted or accepted; empty ones pass. */
export function nameErrors(names: Fields, path: FieldPath): readonly FieldError[] {
  const errors: FieldError[] = []
  const text = (name: string) => textOf(names[name])
  for (const name of ['plural', 'singular']) {
    const problems = text(name) === '' ? [] : isDNS1035Label(text(name))
    if (problems.length > 0) errors.push(invalid(path.child(name), text(name), problems.join(',')))
  }
  for (const name of ['kind', 'listKind']) {
    const problems = text(name) === '' ? [] : isDNS1035Label(text(name).toLowerCase())
    if (problems.length > 0) errors.push(invalid(path.child(name), text(name), mixed + problems.join(',')))
  }
  errors.push(...listErrors(names, 'shortNames', path))
  if (text('kind') !== '' && text('kind') === text('listKind'))
    errors.push(invalid(path.child('listKind'), text('listKind'), 'kind and listKind may not be the same'))
  return [...errors, ...listErrors(names, 'categories', path)]
}

function listErrors(names: Fields, list: string, path: FieldPath): readonly FieldError[] {
  return listOf(names[list]).flatMap((name, index) => {
    const problems = isDNS1035Label(textOf(name))
    return problems.length === 0 ? [] : [invalid(path.child(list).index(index), textOf(name), problems.join(','))]
  })
}
