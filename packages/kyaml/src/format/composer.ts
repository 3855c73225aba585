import type { Comments } from '../encode/shape.ts'
import type { Comment, Token, TokenType } from './token.ts'

/** The comments that go-yaml gives a node, and those of its children: for a map of keys and values in turn. */
export interface CommentedNode {
  comments: Comments
  readonly children: CommentedNode[]
  /** Of an alias: the node it stands for. */
  readonly target: CommentedNode | undefined
}

/** A document: comments of its own, and the value. */
export interface CommentedDocument {
  readonly root: CommentedNode
  readonly comments: Comments
}

const none: Comments = { head: '', line: '', foot: '' }

/** Builds the documents from tokens, and hands out the comments on the way. */
export function composeDocuments(tokens: readonly Token[], comments: readonly Comment[]): CommentedDocument[] {
  return new TreeBuilder(tokens, comments).documents()
}

class TreeBuilder {
  readonly #tokens: readonly Token[]
  readonly #comments: readonly Comment[]
  #token = 0
  #comment = 0
  // Comments that wait for the next node.
  #head = ''
  #line = ''
  #foot = ''
  // The head comment of a list item that is itself a block: it belongs to the block, not to its first entry.
  #stem: string | undefined
  #anchors = new Map<string, CommentedNode>()

  constructor(tokens: readonly Token[], comments: readonly Comment[]) {
    this.#tokens = tokens
    this.#comments = comments
  }

  documents(): CommentedDocument[] {
    const documents: CommentedDocument[] = []
    this.#next()
    let implicit = true
    for (;;) {
      if (!implicit) while (this.#peek() === 'document-end') this.#next()
      const type = this.#peek()
      if (type === 'stream-end') return documents
      const before = this.#token
      documents.push(this.#document(implicit && type !== 'directive' && type !== 'document-start'))
      this.#progress(before)
      implicit = false
    }
  }

  #document(implicit: boolean): CommentedDocument {
    this.#anchors = new Map()
    const head = implicit ? this.#splitHead() : ''
    if (!implicit) {
      while (this.#peek() === 'directive') this.#next()
      if (this.#peek() === 'document-start') this.#next()
    }
    const type = this.#peek()
    const empty = !implicit && ['directive', 'document-start', 'document-end', 'stream-end'].includes(type)
    const root = empty ? this.#missing() : this.#node(true, false)
    if (this.#peek() === 'document-end') this.#next()
    const end = this.#take()
    return { root, comments: { head, line: '', foot: end.foot === '' ? end.head : end.foot } }
  }

  // Of the comments above the first value, those before the last empty line are the document's.
  #splitHead(): string {
    const empty = this.#head.endsWith('\n') ? this.#head.length - 1 : this.#head.lastIndexOf('\n\n')
    if (empty <= 0) return ''
    const head = this.#head.slice(0, empty)
    this.#head = this.#head.endsWith('\n') ? '' : this.#head.slice(empty + 2)
    return head
  }

  #peek(): TokenType {
    const token = this.#tokens[this.#token]
    if (token === undefined) return 'stream-end'
    for (;;) {
      const comment = this.#comments[this.#comment]
      if (comment === undefined || token.start.index < comment.owner.index) break
      // The end of a block takes no head comment; it waits for what follows.
      if (comment.kind === 'head' && token.type === 'block-end') break
      if (comment.kind === 'head') this.#head = join(this.#head, comment.text)
      else if (comment.kind === 'line') this.#line = join(this.#line, comment.text)
      else this.#foot = join(this.#foot, comment.text)
      this.#comment++
    }
    return token.type
  }

  #next(): void {
    this.#token++
  }

  // Steps over a token that nothing took, so that no text can hold the builder up.
  #progress(before: number): void {
    if (this.#token === before) this.#next()
  }

  #take(): Comments {
    const comments = { head: this.#head, line: this.#line, foot: this.#foot }
    this.#head = ''
    this.#line = ''
    this.#foot = ''
    this.#stem = undefined
    return comments
  }

  #missing(): CommentedNode {
    return { comments: none, children: [], target: undefined }
  }

  #node(block: boolean, indentless: boolean): CommentedNode {
    let type = this.#peek()
    if (type === 'alias') {
      const target = this.#anchors.get(this.#source().slice(1))
      const comments = this.#take()
      this.#next()
      return { comments, children: [], target }
    }
    let anchor = ''
    while (type === 'anchor' || type === 'tag') {
      if (type === 'anchor') anchor = this.#source().slice(1)
      this.#next()
      type = this.#peek()
    }
    const make = (comments: Comments): CommentedNode => {
      const node: CommentedNode = { comments, children: [], target: undefined }
      if (anchor !== '') this.#anchors.set(anchor, node)
      return node
    }
    if (indentless && type === 'entry') return this.#indentless(make(none))
    if (type === 'scalar') {
      const node = make(this.#take())
      this.#next()
      return node
    }
    if (type === 'flow-sequence') return this.#flowSequence(make(this.#take()))
    if (type === 'flow-mapping') return this.#flowMapping(make(this.#take()))
    if (block && type === 'block-sequence') return this.#blockSequence(make(this.#takeStem()))
    if (block && type === 'block-mapping') return this.#blockMapping(make(this.#takeStem()))
    return make(none)
  }

  #source(): string {
    return this.#tokens[this.#token]?.source ?? ''
  }

  #takeStem(): Comments {
    const head = this.#stem ?? ''
    this.#stem = undefined
    return { head, line: '', foot: '' }
  }

  #blockSequence(node: CommentedNode): CommentedNode {
    this.#next()
    while (this.#peek() === 'entry') node.children.push(this.#entry(['entry', 'block-end']))
    this.#next()
    node.comments = { ...none, head: node.comments.head }
    return node
  }

  #indentless(node: CommentedNode): CommentedNode {
    while (this.#peek() === 'entry') node.children.push(this.#entry(['entry', 'key', 'value', 'block-end']))
    return node
  }

  #entry(emptyBefore: readonly TokenType[]): CommentedNode {
    const stem = this.#head
    this.#next()
    const type = this.#peek()
    if (stem !== '' && (type === 'block-sequence' || type === 'block-mapping')) {
      this.#stem = stem
      this.#head = this.#head.slice(stem.length + 1)
    }
    return emptyBefore.includes(type) ? this.#missing() : this.#node(true, false)
  }

  #blockMapping(node: CommentedNode): CommentedNode {
    this.#next()
    const ends: readonly TokenType[] = ['key', 'value', 'block-end']
    let type = this.#peek()
    while (type === 'key' || type === 'value') {
      let key = this.#missing()
      if (type === 'key') {
        this.#next()
        if (!ends.includes(this.#peek())) key = this.#node(true, true)
      }
      this.#footOfPrior(node, key)
      let value = this.#missing()
      if (this.#peek() === 'value') {
        this.#next()
        if (!ends.includes(this.#peek())) value = this.#node(true, true)
      }
      node.children.push(key, value)
      raiseFoot(key, value)
      type = this.#peek()
    }
    const { line, foot } = this.#take()
    this.#next()
    node.comments = { head: node.comments.head, line, foot }
    const last = node.children.at(-2)
    if (foot !== '' && last !== undefined) {
      last.comments = { ...last.comments, foot }
      node.comments = { ...node.comments, foot: '' }
    }
    return node
  }

  // A foot comment found at a key stands below the entry before it.
  #footOfPrior(node: CommentedNode, key: CommentedNode): void {
    const prior = node.children.at(-2)
    if (key.comments.foot === '' || prior === undefined) return
    prior.comments = { ...prior.comments, foot: key.comments.foot }
    key.comments = { ...key.comments, foot: '' }
  }

  #flowSequence(node: CommentedNode): CommentedNode {
    this.#next()
    while (this.#peek() !== 'flow-sequence-end' && this.#peek() !== 'stream-end') {
      if (this.#peek() === 'comma') {
        this.#next()
        continue
      }
      const before = this.#token
      node.children.push(this.#peek() === 'key' ? this.#pair() : this.#node(false, false))
      this.#progress(before)
    }
    return this.#endFlow(node)
  }

  // A map of one entry without braces, as in `[a: b]`.
  #pair(): CommentedNode {
    this.#next()
    const node = this.#missing()
    const ends: readonly TokenType[] = ['comma', 'flow-sequence-end']
    const key = [...ends, 'value'].includes(this.#peek()) ? this.#missing() : this.#node(false, false)
    let value = this.#missing()
    if (this.#peek() === 'value') {
      this.#next()
      if (!ends.includes(this.#peek())) value = this.#node(false, false)
    }
    node.children.push(key, value)
    raiseFoot(key, value)
    return node
  }

  #flowMapping(node: CommentedNode): CommentedNode {
    this.#next()
    const ends: readonly TokenType[] = ['comma', 'flow-mapping-end']
    while (this.#peek() !== 'flow-mapping-end' && this.#peek() !== 'stream-end') {
      if (this.#peek() === 'comma') {
        this.#next()
        continue
      }
      const before = this.#token
      if (this.#peek() === 'key') this.#next()
      const key = [...ends, 'value'].includes(this.#peek()) ? this.#missing() : this.#node(false, false)
      let value = this.#missing()
      if (this.#peek() === 'value') {
        this.#next()
        if (!ends.includes(this.#peek())) value = this.#node(false, false)
      }
      node.children.push(key, value)
      raiseFoot(key, value)
      this.#progress(before)
    }
    return this.#endFlow(node)
  }

  #endFlow(node: CommentedNode): CommentedNode {
    const { line, foot } = this.#take()
    this.#next()
    node.comments = { head: node.comments.head, line, foot }
    return node
  }
}

function raiseFoot(key: CommentedNode, value: CommentedNode): void {
  if (key.comments.foot !== '' || value.comments.foot === '') return
  key.comments = { ...key.comments, foot: value.comments.foot }
  value.comments = { ...value.comments, foot: '' }
}

function join(first: string, second: string): string {
  return first === '' ? second : `${first}\n${second}`
}
