/**
 * A persistent weight-balanced tree: a change copies the path to its key and shares the rest, so an old root stays
 * a complete picture of its time. Keys are compared as UTF-16 strings.
 * @see https://yoichihirai.com/bst.pdf for why these balance parameters hold
 */
export interface TreeNode<T> {
  readonly key: string
  readonly item: T
  readonly size: number
  readonly left: Tree<T>
  readonly right: Tree<T>
}

/** A tree, empty when undefined. */
export type Tree<T> = TreeNode<T> | undefined

const heaviest = 3
const single = 2

/** How many keys a tree has; constant time. */
export function sizeOf<T>(tree: Tree<T>): number {
  return tree === undefined ? 0 : tree.size
}

function join<T>(key: string, item: T, left: Tree<T>, right: Tree<T>): TreeNode<T> {
  return { key, item, size: 1 + sizeOf(left) + sizeOf(right), left, right }
}

function balance<T>(key: string, item: T, left: Tree<T>, right: Tree<T>): TreeNode<T> {
  const l = sizeOf(left)
  const r = sizeOf(right)
  if (l + r > 1) {
    if (right !== undefined && r > heaviest * l) return rotateLeft(key, item, left, right)
    if (left !== undefined && l > heaviest * r) return rotateRight(key, item, left, right)
  }
  return { key, item, size: 1 + l + r, left, right }
}

function rotateLeft<T>(key: string, item: T, left: Tree<T>, right: TreeNode<T>): TreeNode<T> {
  const inner = right.left
  if (inner === undefined || inner.size < single * sizeOf(right.right)) {
    return join(right.key, right.item, join(key, item, left, inner), right.right)
  }
  return join(
    inner.key,
    inner.item,
    join(key, item, left, inner.left),
    join(right.key, right.item, inner.right, right.right),
  )
}

function rotateRight<T>(key: string, item: T, left: TreeNode<T>, right: Tree<T>): TreeNode<T> {
  const inner = left.right
  if (inner === undefined || inner.size < single * sizeOf(left.left)) {
    return join(left.key, left.item, left.left, join(key, item, inner, right))
  }
  return join(
    inner.key,
    inner.item,
    join(left.key, left.item, left.left, inner.left),
    join(key, item, inner.right, right),
  )
}

/** The item at `key`. */
export function find<T>(tree: Tree<T>, key: string): T | undefined {
  let node = tree
  while (node !== undefined) {
    if (key === node.key) return node.item
    node = key < node.key ? node.left : node.right
  }
  return undefined
}

/** The tree with `item` at `key`, new or in place of another. */
export function insert<T>(tree: Tree<T>, key: string, item: T): TreeNode<T> {
  if (tree === undefined) return { key, item, size: 1, left: undefined, right: undefined }
  if (key === tree.key) return { key, item, size: tree.size, left: tree.left, right: tree.right }
  return key < tree.key
    ? balance(tree.key, tree.item, insert(tree.left, key, item), tree.right)
    : balance(tree.key, tree.item, tree.left, insert(tree.right, key, item))
}

/** The tree without `key`; the same tree when it was not there. */
export function remove<T>(tree: Tree<T>, key: string): Tree<T> {
  if (tree === undefined) return undefined
  if (key === tree.key) return glue(tree.left, tree.right)
  if (key < tree.key) {
    const left = remove(tree.left, key)
    return left === tree.left ? tree : balance(tree.key, tree.item, left, tree.right)
  }
  const right = remove(tree.right, key)
  return right === tree.right ? tree : balance(tree.key, tree.item, tree.left, right)
}

function glue<T>(left: Tree<T>, right: Tree<T>): Tree<T> {
  if (left === undefined) return right
  if (right === undefined) return left
  if (left.size > right.size) {
    let last = left
    while (last.right !== undefined) last = last.right
    return balance(last.key, last.item, withoutLast(left), right)
  }
  let first = right
  while (first.left !== undefined) first = first.left
  return balance(first.key, first.item, left, withoutFirst(right))
}

function withoutFirst<T>(tree: TreeNode<T>): Tree<T> {
  return tree.left === undefined ? tree.right : balance(tree.key, tree.item, withoutFirst(tree.left), tree.right)
}

function withoutLast<T>(tree: TreeNode<T>): Tree<T> {
  return tree.right === undefined ? tree.left : balance(tree.key, tree.item, tree.left, withoutLast(tree.right))
}

/** How many keys come before `key`; all of them when it is undefined. */
export function rank<T>(tree: Tree<T>, key: string | undefined): number {
  if (key === undefined) return sizeOf(tree)
  let before = 0
  let node = tree
  while (node !== undefined) {
    if (key <= node.key) node = node.left
    else {
      before += sizeOf(node.left) + 1
      node = node.right
    }
  }
  return before
}

/** Up to `limit` items in order, from the first key at or after `from`. */
export function take<T>(tree: Tree<T>, from: string, limit: number): T[] {
  const items: T[] = []
  const path: TreeNode<T>[] = []
  let node = tree
  while (node !== undefined) {
    if (from <= node.key) {
      path.push(node)
      node = node.left
    } else node = node.right
  }
  while (items.length < limit) {
    const next = path.pop()
    if (next === undefined) break
    items.push(next.item)
    for (node = next.right; node !== undefined; node = node.left) path.push(node)
  }
  return items
}
