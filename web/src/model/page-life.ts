// For pages themselves: their session goes and comes with them.

export { tieToPage } from '../room/page-life';
