/** Sessions: the KV state of a conversation in a file, checked before native code sees it. */
@NullMarked
package dev.quantgate.worker.llamacpp.session;

import org.jspecify.annotations.NullMarked;
