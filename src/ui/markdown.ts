/* oxlint-disable no-control-regex -- our own colours */
import { marked, type Token, type Tokens } from 'marked';
import { clean } from './clean.ts';
import { indent, wrap } from './layout.ts';
import { showExactly, showLookAlikes } from './look-alike.ts';
import type { Theme } from './theme.ts';

/**
 * Markdown for the terminal: paragraphs, lists, code, emphasis and links. HTML is shown as it is written. A line that
 * could be taken for a verdict of ours is shown as a quotation.
 */
export function renderMarkdown(markdown: string, theme: Theme, width: number): string[] {
  const lines = blocks(marked.lexer(clean(markdown)), theme, width);
  return lines.map((line) => (LIKE_OURS.test(line) ? `${quoteMark(theme)} ${line}` : line));
}

/** A sign as verdicts, tasks and messages of the tutor begin with, or the word that stands for it. */
const LIKE_OURS =
  /^(?:\u001B\[[0-9;]*m)*(?:\s*[✓✔✅☑✗✘✖❌⊘○→…·]|[?–]\s|(?:pass|FAIL|unsure|skipped|blocked) +[a-z0-9-]+ {2}|Error: )/;

function quoteMark(theme: Theme): string {
  return theme.quiet(theme.plain ? '>' : '│');
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
      const shown = lang === 'sh' ? showExactly : showLookAlikes;
      return text.split('\n').map((line) => margin + theme.code(shown(line)));
    }
    case 'list':
      return list(token as Tokens.List, theme, width);
    case 'blockquote':
      return blocks((token as Tokens.Blockquote).tokens, theme, width - 2).map(
        (line) => `${quoteMark(theme)} ${line}`,
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
      return code(unescaped((token as Tokens.Codespan).text), theme);
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

function code(text: string, theme: Theme): string {
  const shown = showLookAlikes(text);
  return theme.plain ? `\`${shown}\`` : theme.code(shown);
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
