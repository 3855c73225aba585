import { type FieldError, FieldPath, forbidden } from '@kube-bonsai/apimachinery'
import { isFields } from '../meta/json.ts'
import type { Correlation } from './schema/correlation.ts'
import { fieldOf, type SchemaNode } from './schema/node.ts'

/**
 * Evaluates `x-kubernetes-validations`: what an object violates. `before` is undefined for a new object; `warn` is told what
 * an update leaves violated.
 */
export type RuleEvaluator = (
  node: SchemaNode,
  object: unknown,
  before: Correlation | undefined,
  warn?: (text: string) => void,
) => readonly FieldError[]

const usesOld = /\boldSelf\b/

/**
 * Refuses what a rule in CEL would have to look at, where there is nothing that could evaluate it: better than to let pass
 * what the rule may forbid. Values that no rule is about pass, and so does what an update leaves as it was.
 */
export const refuseRules: RuleEvaluator = (node, object, before) => visit(FieldPath.root, node, object, before)

function visit(
  path: FieldPath,
  node: SchemaNode | undefined,
  value: unknown,
  before: Correlation | undefined,
): readonly FieldError[] {
  if (node === undefined || !node.below.rules || before?.unchanged === true) return []
  const errors = node.rules
    .filter(({ rule, optionalOldSelf }) => before !== undefined || optionalOldSelf || !usesOld.test(rule))
    .map(({ rule }) => forbidden(path, `unsupported: CEL is needed to check the rule ${rule}`))
  if (Array.isArray(value))
    return [...errors, ...value.flatMap((item, at) => visit(path.index(at), node.items, item, before?.index(at)))]
  if (!isFields(value)) return errors
  const below = Object.entries(value).flatMap(([name, item]) =>
    visit(node.properties.has(name) ? path.child(name) : path.key(name), fieldOf(node, name), item, before?.key(name)),
  )
  return [...errors, ...below]
}
