/** What the checks of the pages and the site read in Markdown. */

/** The anchor that a heading gets in the repository's own view of a page; the site uses the same. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[^\p{Letter}\p{Mark}\p{Number}\p{Connector_Punctuation} -]/gu, '')
    .trim()
    .replaceAll(' ', '-')
}

/** A page without what is code: fenced blocks and code in lines. */
export function withoutCode(page: string): string {
  return page.replaceAll(/^(\s*)(```+|~~~+).*\n[\s\S]*?^\1\2\s*$/gm, '').replaceAll(/`[^`\n]*`/g, '``')
}

/** The anchors of a page's headings, numbered where one comes twice. */
export function anchorsIn(page: string): Set<string> {
  const anchors = new Set<string>()
  const headings = page.replaceAll(/^(\s*)(```+|~~~+).*\n[\s\S]*?^\1\2\s*$/gm, '').matchAll(/^#{1,6} (.*)$/gm)
  for (const [, heading] of headings) {
    const anchor = anchorOf(heading as string)
    let unique = anchor
    for (let n = 1; anchors.has(unique); n++) unique = `${anchor}-${n}`
    anchors.add(unique)
  }
  return anchors
}

/** Targets of a page's links and pictures. */
export function linksIn(page: string): string[] {
  return [...withoutCode(page).matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)].map(
    ([, target]) => target as string,
  )
}
