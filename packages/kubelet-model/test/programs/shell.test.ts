import { describe, expect, it } from 'vitest'
import { box } from './box.ts'

describe('the shell', () => {
  it('splits, quotes and fills in words', async () => {
    const { out } = await box({ env: { WHO: 'the  world' } })
    expect(await out('echo hello $WHO; echo "hello $WHO" \'$WHO\' a\\ b')).toBe(
      'hello the world\nhello the  world $WHO a b\n',
    )
    expect(await out(`x=; echo "\${x:-none} \${x-empty} \${WHO#the } \${WHO%%  *} \${#WHO}"`)).toBe(
      'none   world the 10\n',
    )
    expect(await out('set -- a "b c"; for x in "$@"; do echo "[$x]"; done; echo $#')).toBe('[a]\n[b c]\n2\n')
    expect(await out('echo $((1 + 2 * 3)) $(echo inner) `echo old`')).toBe('7 inner old\n')
  })

  it('runs loops, conditions, functions, pipes and here-documents', async () => {
    const { out } = await box()
    expect(await out('i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done')).toBe('1\n2\n3\n')
    expect(await out('for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done | cat')).toBe('1\n3\n')
    expect(await out('greet() { echo "hi $1"; return 3; }; greet you || echo $?')).toBe('hi you\n3\n')
    expect(await out('cat <<EOF\nto $((1+1))\nEOF\ncat <<"EOF"\n$x\nEOF')).toBe('to 2\n$x\n')
    expect(await out('case foo.txt in *.md) echo md;; *.txt|*.log) echo text;; esac')).toBe('text\n')
    expect(await out('echo a > /tmp/f; echo b >> /tmp/f; cat < /tmp/f; cat /nope 2>/dev/null || echo no')).toBe(
      'a\nb\nno\n',
    )
    expect(await out('until test -f /tmp/there; do touch /tmp/there; done; ls /tmp')).toBe('f\nthere\n')
    expect(await out('(cd /etc; exit 2); echo $? $PWD; ! false && echo yes')).toBe('2 /\nyes\n')
    expect(await out('echo one & wait; echo two')).toBe('one\ntwo\n')
  })

  it('answers 127 for what is not there, and says so', async () => {
    const { sh, exec } = await box()
    expect(await sh('foo; echo $?')).toEqual({ code: 0, stdout: '127\n', stderr: 'sh: foo: not found\n' })
    expect(await sh('/no/such')).toEqual({ code: 127, stdout: '', stderr: 'sh: /no/such: not found\n' })
    await expect(exec(['foo'])).rejects.toThrow('exec: "foo": executable file not found in $PATH')
  })

  it('refuses what it does not model, and what is wrong', async () => {
    const { sh } = await box()
    expect(await sh('a=(1 2)')).toEqual({ code: 2, stdout: '', stderr: 'sh: not modelled: arrays\n' })
    expect(await sh('echo hi\nvi x')).toEqual({ code: 2, stdout: 'hi\n', stderr: 'vi: not modelled\n' })
    expect(await sh('if true; then')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('unexpected end of file'),
    })
  })

  it('ends at the first failure under set -e', async () => {
    const { sh } = await box()
    expect(await sh('set -e; false || true; echo on; false; echo never')).toMatchObject({ code: 1, stdout: 'on\n' })
    expect(await sh('set -u; echo $nothing')).toMatchObject({ code: 2, stderr: 'sh: nothing: parameter not set\n' })
  })

  it('runs scripts from files', async () => {
    const { out } = await box()
    const made = 'printf \'#!/bin/sh\\necho "$0 $1"\\n\' > /tmp/run; chmod +x /tmp/run'
    expect(await out(`${made}; /tmp/run a; sh /tmp/run b; PATH=/tmp:$PATH run c; . /tmp/run d`)).toBe(
      '/tmp/run a\n/tmp/run b\n/tmp/run c\nsh d\n',
    )
  })
})

describe('a container whose first process is a shell', () => {
  it('logs what it writes, line by line, and ends with its exit code', async () => {
    const one = await box({
      command: ['sh', '-c', 'echo a; printf b; echo c >&2; echo $HOSTNAME; exit 3'],
      env: { HOSTNAME: 'h' },
    })
    await one.clock.runUntilIdle()
    expect(one.log()).toEqual(['a', 'c', 'bh'])
    expect(one.record()).toMatchObject({ state: 'exited', exitCode: 3, reason: 'Error' })
  })

  it('does not start without an executable', async () => {
    const one = await box({ command: ['nope', '--flag'] })
    await one.clock.runUntilIdle()
    expect(one.record()).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
      message: expect.stringContaining('exec: "nope": executable file not found in $PATH'),
    })
  })

  it('minds no signal that it has no trap for: it is killed after its grace period', async () => {
    for (const command of [
      ['sleep', '1000'],
      ['sh', '-c', 'sleep 1000'],
    ]) {
      const one = await box({ command })
      const before = one.clock.now()
      const stopped = one.runtime.stop(one.id, 30_000)
      await one.clock.runUntilIdle()
      await stopped
      expect([one.record()?.exitCode, one.clock.now() - before]).toEqual([137, 30_000])
    }
  })

  it('ends by its trap when it waits', async () => {
    const one = await box({ command: ['sh', '-c', 'trap "echo bye; exit 0" TERM; sleep 1000 & wait'] })
    const stopped = one.runtime.stop(one.id, 30_000)
    await one.clock.runUntilIdle({ limit: 1000 })
    await stopped
    expect(one.record()).toMatchObject({ exitCode: 0, finishedAt: one.record()?.startedAt })
    expect(one.log()).toEqual(['bye'])
  })

  it('shares files and processes with what exec starts', async () => {
    const one = await box({ command: ['sh', '-c', 'echo first > /tmp/f; sleep 1000; echo woken'] })
    await one.clock.advance(0)
    expect(await one.out('cat /tmp/f; ps')).toMatch(
      /^first\nPID +USER.*\n +1 root .* sh -c echo first[\s\S]*\n +\d+ root .* sleep 1000\n/,
    )
    expect(await one.out('kill 1; pkill sleep; echo $?')).toBe('0\n')
    await one.clock.runUntilIdle()
    expect(one.log()).toEqual(['woken'])
  })

  it('reads what clients send that attach to it', async () => {
    const one = await box({ command: ['sh', '-c', 'while read x; do echo "got $x"; done; echo end'], stdin: true })
    const heard: string[] = []
    one.runtime.attach(one.id, { output: (_stream, data) => heard.push(String(data)), ended: () => heard.push('over') })
    one.runtime.stdin(one.id)?.add('one\ntw')
    await one.clock.advance(0)
    one.runtime.stdin(one.id)?.add('o\n')
    one.runtime.stdin(one.id)?.close()
    await one.clock.runUntilIdle()
    expect(heard).toEqual(['got one\n', 'got two\n', 'end\n', 'over'])
  })
})

describe('a terminal', () => {
  it('shows a prompt and what is typed, takes back, interrupts and ends', async () => {
    const { start, clock } = await box()
    const { process, wrote } = start(['sh'], { tty: true })
    const type = async (text: string) => {
      process.stdin.add(text)
      await clock.advance(0)
      const said = wrote.stdout
      wrote.stdout = ''
      return said
    }
    expect(await type('')).toBe('/ # ')
    expect(await type('echo hix\x7f\r')).toBe('echo hix\b \b\r\nhi\r\n/ # ')
    expect(await type('cd /etc\rfoo\r')).toBe('cd /etc\r\nfoo\r\n/etc # sh: foo: not found\r\n/etc # ')
    expect(await type('for x in 1 2\r')).toBe('for x in 1 2\r\n> ')
    expect(await type('do echo $x; done\r')).toBe('do echo $x; done\r\n1\r\n2\r\n/etc # ')
    expect(await type('sleep 1000\r')).toBe('sleep 1000\r\n')
    expect(await type('\x03')).toBe('^C\r\n/etc # ')
    expect(await type('while :; do :; done\r')).toBe('while :; do :; done\r\n')
    expect(await type('\x03')).toBe('^C\r\n/etc # ')
    expect(await type('echo $?\r')).toBe('echo $?\r\n130\r\n/etc # ')
    expect(await type('echo )\r')).toBe('echo )\r\nsh: syntax error: unexpected ")"\r\n/etc # ')
    await type('(exit 7)\r')
    process.stdin.add('\x04')
    await clock.advance(0)
    expect(await process.exited).toBe(7)
  })
})
