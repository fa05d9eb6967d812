import { marked, type Token, type Tokens } from 'marked';
import { clean } from './clean.ts';
import { indent, wrap } from './layout.ts';
import type { Theme } from './theme.ts';

/** Markdown for the terminal: paragraphs, lists, code, emphasis and links. HTML is shown as it is written. */
export function renderMarkdown(markdown: string, theme: Theme, width: number): string[] {
  return blocks(marked.lexer(clean(markdown)), theme, width);
}

/** Blocks one below the other, with an empty line between them unless they belong to a tight list. */
function blocks(tokens: Token[], theme: Theme, width: number, tight = false): string[] {
  const rendered = tokens.map((token) => block(token, theme, width)).filter((lines) => lines.length > 0);
  return rendered.flatMap((lines, index) => (index === 0 || tight ? lines : ['', ...lines]));
}

function block(token: Token, theme: Theme, width: number): string[] {
  switch (token.type) {
    case 'space':
    case 'def':
      return [];
    case 'heading':
      return wrap(theme.strong(plain(token)), width);
    case 'code': {
      const { text, lang } = token as Tokens.Code;
      // Never wrapped: it is there to be copied. What a shell shall run stands at the margin, since a here-document that
      // is copied with spaces before its lines does not find its end.
      const margin = lang === 'sh' ? '' : '    ';
      return text.split('\n').map((line) => margin + theme.code(line));
    }
    case 'list':
      return list(token as Tokens.List, theme, width);
    case 'blockquote':
      return blocks((token as Tokens.Blockquote).tokens, theme, width - 2).map(
        (line) => `${theme.quiet(theme.plain ? '>' : '│')} ${line}`,
      );
    case 'hr':
      return [theme.plain ? '---' : theme.quiet('─'.repeat(Math.min(width, 20)))];
    case 'table':
      // Shown as it is written, like HTML.
      return token.raw
        .trim()
        .split('\n')
        .flatMap((line) => wrap(clean(line), width));
    default:
      return wrap(inline('tokens' in token ? (token.tokens ?? []) : [token], theme), width);
  }
}

function list(token: Tokens.List, theme: Theme, width: number): string[] {
  const start = typeof token.start === 'number' ? token.start : 1;
  return token.items.flatMap((item, index) => {
    const mark = token.ordered ? `${start + index}.` : theme.plain ? '-' : '•';
    const margin = mark.length + 1;
    const [first = '', ...rest] = blocks(item.tokens, theme, width - margin - 2, !token.loose);
    const lines = [`  ${mark} ${first}`, ...indent(rest, margin + 2)];
    return token.loose && index > 0 ? ['', ...lines] : lines;
  });
}

function inline(tokens: Token[], theme: Theme): string {
  return tokens.map((token) => span(token, theme)).join('');
}

function span(token: Token, theme: Theme): string {
  switch (token.type) {
    case 'strong':
      return theme.strong(plain(token));
    case 'em':
      return theme.plain ? plain(token) : theme.strong(plain(token));
    case 'codespan':
      return theme.plain
        ? `\`${unescaped((token as Tokens.Codespan).text)}\``
        : theme.code(unescaped((token as Tokens.Codespan).text));
    case 'br':
      return '\n';
    case 'link': {
      const { href, text } = token as Tokens.Link;
      return text === href ? theme.link(href) : `${plain(token)} (${theme.link(href)})`;
    }
    default:
      if ('tokens' in token && token.tokens !== undefined) return inline(token.tokens, theme);
      return unescaped('text' in token ? String(token.text) : token.raw).replaceAll('\n', ' ');
  }
}

/** The text alone, without the marks of what is inside. */
function plain(token: Token): string {
  if ('tokens' in token && token.tokens !== undefined) return token.tokens.map(plain).join('');
  return unescaped('text' in token ? String(token.text) : token.raw).replaceAll('\n', ' ');
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** marked escapes for HTML in some tokens, and in others turns `&#27;` into the character that it means. */
function unescaped(text: string): string {
  return clean(text.replace(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole));
}
