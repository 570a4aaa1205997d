package dev.quantgate.gateway.routing;

import dev.quantgate.worker.api.WorkerDirectory;

/**
 * Everything that the services of one gateway share.
 *
 * @param directory the connected workers
 * @param admission lets calls in
 * @param router picks workers
 * @param catalogue the models
 * @param operations the long-running operations
 * @param inference text, vectors and labels
 * @param readiness who can serve
 */
public record Routing(
        WorkerDirectory directory,
        Admission admission,
        WorkerRouter router,
        Catalogue catalogue,
        Operations operations,
        Inference inference,
        Readiness readiness) {

    public static Routing over(WorkerDirectory directory) {
        var admission = new Admission();
        var router = new WorkerRouter(directory);
        var catalogue = new Catalogue(router);
        return new Routing(
                directory,
                admission,
                router,
                catalogue,
                new Operations(router, catalogue),
                new Inference(router),
                new Readiness(router, admission));
    }
}
