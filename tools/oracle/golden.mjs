#!/usr/bin/env node
// Holds the golden files of the packages to the real v1.35.4, and records them again.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../../', import.meta.url))
const usage = `usage: node tools/oracle/golden.mjs check|write [--only REGEXP]
       node tools/oracle/golden.mjs add FILE --count N [--seed S]

check   asks the real code the questions of every golden file and prints what differs
write   the same, and writes the answers into the files
add     makes new cases of the file's function and appends those that are not there yet

--only REGEXP   only files whose path matches
--count N       how many cases to make
--seed S        the same seed makes the same cases (default 1)

Needs Go 1.25 and the module cache or a Go proxy. golden.json names the function of each file.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    count: { type: 'string' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean' },
  },
})

/** Builds the Go program into a folder of its own and hands its path to the work. */
async function withOracle(work) {
  const folder = mkdtempSync(join(tmpdir(), 'oracle-'))
  try {
    const binary = join(folder, 'functions')
    process.stderr.write('building the oracle\n')
    const built = spawnSync('go', ['build', '-mod=mod', '-o', binary, './functions'], { cwd: here, stdio: 'inherit' })
    if (built.status !== 0) throw new Error('the oracle does not build: see above; it needs Go 1.25 or newer')
    return await work(binary)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs the oracle with arguments and input, and gives the lines of its output. */
function ask(binary, args, input) {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { cwd: here, stdio: ['pipe', 'pipe', 'inherit'] })
    const chunks = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code !== 0) reject(new Error(`the oracle ended with ${code}`))
      else resolve(Buffer.concat(chunks).toString('utf8').split('\n').filter(Boolean))
    })
    child.stdin.end(input)
  })
}

const readLines = (path) => readFileSync(join(root, path), 'utf8').split('\n').filter(Boolean)

/** The text of one member of a line of JSON, as it stands there: numbers keep all their digits. */
const question = (line) => line.slice(0, answerAt(line))

function answerAt(line) {
  // The answer is the last member: `,"out":` or `,"error":` outside of the question's own text.
  for (let at = line.indexOf(',"', 0); at >= 0; at = line.indexOf(',"', at + 1)) {
    if (!line.startsWith(',"out":', at) && !line.startsWith(',"error":', at)) continue
    try {
      JSON.parse(`${line.slice(0, at)}}`)
      return at
    } catch {
      // Inside the question: look on.
    }
  }
  throw new Error(`not a golden line: ${line.slice(0, 80)}`)
}

/** The part of an answer that a file keeps. */
function cut(answer, { only, keep }) {
  if (only === undefined && keep === undefined) return answer
  const parsed = JSON.parse(answer)
  if (parsed.out === undefined) return answer
  const out = only === undefined ? Object.fromEntries(keep.map((path) => member(parsed.out, path))) : parsed.out[only]
  return JSON.stringify({ out })
}

/** A member of an answer by its name; `list.name` takes one member of every item of a list. */
function member(out, path) {
  const [name, inner] = path.split('.')
  return [name, inner === undefined ? out[name] : out[name].map((item) => item[inner])]
}

async function replay(binary, path, kind) {
  const { fn } = kind
  const lines = readLines(path)
  const asked = lines.map((line) => `{"fn":${JSON.stringify(fn)},${question(line).slice(1)}}`)
  const answers = await ask(binary, [], `${asked.join('\n')}\n`)
  if (answers.length !== lines.length) throw new Error(`${path}: ${lines.length} questions, ${answers.length} answers`)
  return lines.map((line, index) => ({ line, again: `${question(line)},${cut(answers[index], kind).slice(1)}` }))
}

async function checkOrWrite(binary, write, files) {
  let different = 0
  for (const [path, kind] of files) {
    const cases = await replay(binary, path, kind)
    const changed = cases.filter(({ line, again }) => differs(line, again, kind))
    different += changed.length
    process.stdout.write(`${path}: ${cases.length} cases of ${kind.fn}, ${changed.length} different\n`)
    for (const { line, again } of changed.slice(0, 3)) process.stdout.write(`  - ${line}\n  + ${again}\n`)
    if (write && changed.length > 0) {
      const text = cases.map(({ line, again }) => (differs(line, again, kind) ? again : line))
      writeFileSync(join(root, path), `${text.join('\n')}\n`)
    }
  }
  process.stdout.write(`${files.length} files, ${different} different answers\n`)
  return different > 0 && !write ? 1 : 0
}

/** Whether the answers differ. Errors that `varies` matches list faults in the order of a Go map. */
function differs(line, again, { varies }) {
  if (canonical(line) === canonical(again)) return false
  const [one, other] = [JSON.parse(line).error, JSON.parse(again).error]
  if (varies === undefined || one === undefined || other === undefined) return true
  const letters = (text) => [...text].sort().join('')
  return !(new RegExp(varies).test(one) && letters(one) === letters(other))
}

/** One text for equal values, whatever the order of their keys. */
function canonical(line) {
  const sorted = (value) =>
    Array.isArray(value)
      ? value.map(sorted)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.keys(value)
              .sort()
              .map((key) => [key, sorted(value[key])]),
          )
        : value
  return JSON.stringify(sorted(JSON.parse(line)))
}

async function add(binary, path, kind) {
  const lines = readLines(path)
  const known = new Set(lines.map((line) => canonical(`${question(line)}}`)))
  const made = await ask(binary, ['record', '--fn', kind.fn, '--seed', values.seed, '--count', values.count], '')
  const fresh = made
    .map((line) => `${question(line)},${cut(`{${line.slice(answerAt(line) + 1)}`, kind).slice(1)}`)
    .filter((line) => !known.has(canonical(`${question(line)}}`)))
  writeFileSync(join(root, path), `${[...lines, ...fresh].join('\n')}\n`)
  process.stdout.write(`${path}: ${fresh.length} cases more, ${lines.length + fresh.length} in all\n`)
  return 0
}

async function main() {
  const [command, path] = positionals
  const table = JSON.parse(readFileSync(join(here, 'golden.json'), 'utf8'))
  if (values.help) {
    process.stdout.write(`${usage}\n`)
    return 0
  }
  if (command === 'add' && Object.hasOwn(table, path ?? '') && Number(values.count) > 0) {
    return withOracle((binary) => add(binary, path, table[path]))
  }
  if (command !== 'check' && command !== 'write') {
    process.stderr.write(`${usage}\n`)
    return 2
  }
  const only = new RegExp(values.only ?? '')
  const files = Object.entries(table).filter(([file]) => only.test(file))
  return withOracle((binary) => checkOrWrite(binary, command === 'write', files))
}

process.exitCode = await main()
