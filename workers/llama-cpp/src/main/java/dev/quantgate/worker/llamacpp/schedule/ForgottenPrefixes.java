package dev.quantgate.worker.llamacpp.schedule;

import java.util.ArrayDeque;
import java.util.Deque;

/** Token lists of late sequences whose KV was not kept: they tell whether keeping it would have paid. */
final class ForgottenPrefixes {
    private static final int REMEMBERED = 2 * PrefixBudget.PATIENCE_REQUESTS;

    private final Deque<TokenList> lists = new ArrayDeque<>();

    void add(TokenList tokens) {
        lists.addLast(tokens);
        if (lists.size() > REMEMBERED) {
            lists.removeFirst();
        }
    }

    /** Length of the longest prefix that a prompt would have found. */
    int matches(TokenList wanted) {
        var longest = 0;
        for (var list : lists) {
            longest = Math.max(longest, wanted.commonPrefix(list, list.size()));
        }
        return longest;
    }
}
