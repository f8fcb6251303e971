// The gallery: states of the call to look at and to have axe look at, without a server or anybody else. Served by the
// development server; no part of what is built.

import { mount } from 'svelte';
import '../src/ui/tokens.css';
import Gallery from './Gallery.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('the page has no place for the gallery');
mount(Gallery, { target });
