import { describe, expect, it } from 'vitest'
import { box } from './box.ts'

const { out, sh, files } = await box()
const lines = 'pear 3\napple 10\nfig 3\napple 10\n'

describe('commands that look at text', () => {
  it('echo and printf', async () => {
    expect(await out("echo -n a; echo -e 'b\\tc'; echo 'd\\n'")).toBe('ab\tc\nd\\n\n')
    expect(await out("printf '%s=%05d|%-4s|%x|%.2f|%%\\n' a 42 b 255 3.14159")).toBe('a=00042|b   |ff|3.14|%\n')
    expect(await out("printf '%s\\n' a b c; printf '[%b]' 'x\\ty'")).toBe('a\nb\nc\n[x\ty]')
    expect(await sh('printf %d x')).toMatchObject({ code: 1, stderr: "printf: invalid number 'x'\n" })
  })

  it('head, tail and wc', async () => {
    expect(await out('seq 20 | head -n 2; seq 20 | tail -2; seq 5 | tail -n +4; seq 3 | head -n -1')).toBe(
      '1\n2\n19\n20\n4\n5\n1\n2\n',
    )
    expect(await out('printf abcdef | head -c 2; printf abcdef | tail -c 2')).toBe('abef')
    expect(await out('wc -l', lines)).toBe('4\n')
    expect(await out('wc', lines)).toBe('        4         8        31\n')
    expect(await out('seq 3 > /tmp/a; seq 2 > /tmp/b; head -n1 /tmp/a /tmp/b')).toBe(
      '==> /tmp/a <==\n1\n\n==> /tmp/b <==\n1\n',
    )
  })

  it('sort, uniq, cut, tr, tac and nl', async () => {
    expect(await out('sort | uniq -c', lines)).toBe('      2 apple 10\n      1 fig 3\n      1 pear 3\n')
    expect(await out('sort -k2,2nr -k1,1 -u', lines)).toBe('apple 10\nfig 3\npear 3\n')
    expect(await out('cut -d" " -f2; echo a:b:c | cut -d: -f1,3; echo abcdef | cut -c2-4', lines)).toBe(
      '3\n10\n3\n10\na:c\nbcd\n',
    )
    expect(
      await out('echo Hello | tr a-z A-Z; echo "a  b" | tr -s " "; echo a1b2 | tr -d "[:digit:]"; echo ab | tr -cd a'),
    ).toBe('HELLO\na b\nab\na')
    expect(await out('seq 3 | tac; echo abc | rev; printf "a\\n\\nb\\n" | nl')).toBe(
      '3\n2\n1\ncba\n     1\ta\n\n     2\tb\n',
    )
    expect(await out('printf "10\\n9\\n1K\\n" | sort -h; printf "v1.10\\nv1.9\\n" | sort -V')).toBe(
      '9\n10\n1K\nv1.9\nv1.10\n',
    )
  })

  it('grep', async () => {
    expect(await out('grep -n apple', lines)).toBe('2:apple 10\n4:apple 10\n')
    expect(await out("grep -E '^(fig|pear) [0-9]+$'; echo", lines)).toBe('pear 3\nfig 3\n\n')
    expect(await out('grep -c 3; grep -v apple /dev/null || echo none', lines)).toBe('2\nnone\n')
    expect(await out("echo 'foo=bar, x=yz' | grep -oE '[a-z]+=[a-z]+'")).toBe('foo=bar\nx=yz\n')
    expect(await out("printf 'a\\nB\\nab\\n' | grep -iw b; echo a.c | grep -F .; echo 'a\\(b' | grep 'a\\\\('")).toBe(
      'B\na.c\na\\(b\n',
    )
    expect(await out('seq 9 | grep -A1 -B1 5; grep -q x /dev/null; echo $?')).toBe('4\n5\n6\n1\n')
    expect(await out('mkdir -p /g/d; echo hit > /g/d/f; echo miss > /g/e; grep -r hit /g; grep -l s /g/e')).toBe(
      '/g/d/f:hit\n/g/e\n',
    )
    expect(await sh('grep x /nope; echo $?')).toMatchObject({
      stdout: '2\n',
      stderr: 'grep: /nope: No such file or directory\n',
    })
    expect(await sh("echo | grep '['")).toMatchObject({ code: 2, stderr: expect.stringContaining('bad regex') })
  })

  it('sed', async () => {
    expect(await out("echo 'a/b a' | sed 's/a/x/; s|/|-|'; echo aaa | sed 's/a/b/2g'")).toBe('x-b a\nabb\n')
    expect(await out("echo 'john smith' | sed -E 's/(\\w+) (\\w+)/\\2, \\1 [&]/'")).toBe('smith, john [john smith]\n')
    expect(await out("seq 5 | sed -n '2,3p'; seq 5 | sed '2,4d'; seq 3 | sed '$d'; seq 4 | sed -n '/2/,/3/p'")).toBe(
      '2\n3\n1\n5\n1\n2\n2\n3\n',
    )
    expect(await out("seq 3 | sed '2i two\n2a after' | cat; seq 2 | sed 'y/12/ab/'; seq 9 | sed 3q")).toBe(
      '1\ntwo\n2\nafter\n3\na\nb\n1\n2\n3\n',
    )
    expect(
      await out(
        "seq 2 | sed -e '1a x' -e '2c y'; seq 4 | sed 'N;s/\\n/+/'; seq 4 | sed -n '$='; seq 3 | sed '1!G;h;$!d'",
      ),
    ).toBe('1\nx\ny\n1+2\n3+4\n4\n3\n2\n1\n')
    expect(await out("echo hi > /tmp/s; sed -i 's/hi/ho/' /tmp/s; cat /tmp/s")).toBe('ho\n')
    expect(await sh("echo x | sed ':a;ba'")).toMatchObject({ code: 2, stderr: expect.stringContaining('not modelled') })
  })

  it('tee, xargs, seq, date, base64, dd', async () => {
    expect(
      await out('echo x | tee /tmp/t; cat /tmp/t; echo "a b c" | xargs -n 2 echo; seq 2 | xargs -I{} echo "<{}>"'),
    ).toBe('x\nx\na b\nc\n<1>\n<2>\n')
    expect(await out('seq 1 2 6; seq -s, 3 -1 1; seq -w 9 10')).toBe('1\n3\n5\n3,2,1\n09\n10\n')
    expect(await out("date -u +'%Y-%m-%dT%H:%M:%SZ %s %a %j'; date; date -d @0 +%F")).toBe(
      '2026-01-01T00:00:00Z 1767225600 Thu 001\nThu Jan  1 00:00:00 UTC 2026\n1970-01-01\n',
    )
    expect(
      await out('printf hello | base64; echo aGVsbG8= | base64 -d; dd if=/dev/zero bs=1k count=2 status=none | wc -c'),
    ).toBe('aGVsbG8=\nhello2048\n')
  })

  it('refuses an option that is none', async () => {
    expect(await sh('ls -y; cat --what')).toMatchObject({
      stderr: "ls: invalid option -- 'y'\ncat: unrecognized option: what\n",
    })
    expect(files.exists('/tmp')).toBe(true)
  })
})
