import { expect, test } from 'vitest'
import { findJsonPath } from '../../src/custom-resource/json-path/evaluate.ts'
import { JsonPathError, parseJsonPath } from '../../src/custom-resource/json-path/parse.ts'

const object = {
  spec: { size: 3, list: [1, 2, 3], 'a.b': 'dotted' },
  status: {
    conditions: [
      { type: 'Ready', status: 'True', n: 1 },
      { type: 'Done', status: 'False', n: 5 },
    ],
  },
}

test.each<[string, readonly unknown[]]>([
  ['.spec.size', [3]],
  ['.spec.none', []],
  ['.spec.list[1]', [2]],
  ['.spec.list[-1]', [3]],
  ['.spec.list[0:2]', [1, 2]],
  ['.spec.list[*]', [1, 2, 3]],
  ['.spec.a\\.b', ['dotted']],
  [".spec['a.b']", ['dotted']],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  ['$.status.conditions[?(@.n > 1)].type', ['Done']],
  ['.status.conditions[?(@.n)].n', [1, 5]],
  ['..type', ['Ready', 'Done']],
])('%s', (path, found) => {
  expect(findJsonPath(object, parseJsonPath(path))).toEqual(found)
})

test('what is no path is refused', () => {
  for (const path of ['.a[', '.a[x]', '.a[?(nope)]']) expect(() => parseJsonPath(path)).toThrow(JsonPathError)
})
