/** The routes under {@code /v1} that clients of OpenAI's HTTP API speak. */
@NullMarked
package dev.quantgate.gateway.http.openai;

import org.jspecify.annotations.NullMarked;
