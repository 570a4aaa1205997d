package dev.quantgate.bench.load;

/**
 * How tokens are chosen.
 *
 * @param temperature 0 takes the likeliest token
 * @param topK keeps so many tokens; 0 all
 * @param topP keeps tokens up to this probability; 1 all
 * @param minP keeps tokens above this share of the likeliest one's; 0 all
 */
public record Sampler(float temperature, int topK, float topP, float minP) {
    /** Always the likeliest token. */
    public static final Sampler GREEDY = new Sampler(0, 0, 1, 0);
    /** What both servers do when nothing is asked for. */
    public static final Sampler USUAL = new Sampler(0.8f, 40, 0.95f, 0.05f);
}
