package client;

/** Prints what holds and ends the program at what does not. */
final class Expect {
    private Expect() {}

    static void expect(String fact, boolean condition) {
        if (!condition) {
            System.err.println("not so: " + fact);
            System.exit(1);
        }
        System.out.println("ok " + fact);
    }
}
