package dev.quantgate.gateway.app;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipAdapter;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import dev.quantgate.gateway.config.ClusterConfig;
import dev.quantgate.gateway.config.ServerConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The cluster that a gateway and its worker processes form: the gateway keeps the data, workers are lite members. */
final class Cluster {
    private static final String NODE_ID = "__vertx.nodeId";

    private final Vertx vertx;
    private final HazelcastClusterManager manager;

    private Cluster(Vertx vertx, HazelcastClusterManager manager) {
        this.vertx = vertx;
        this.manager = manager;
    }

    /** Joins as a gateway, which others join. */
    static Future<Cluster> asGateway(ClusterConfig cluster, ServerConfig server) {
        return join(hazelcast(cluster, false), cluster, server);
    }

    /** Joins the members that the configuration names, as a worker process. */
    static Future<Cluster> asWorker(ClusterConfig cluster, ServerConfig server) {
        return join(hazelcast(cluster, true), cluster, server);
    }

    Vertx vertx() {
        return vertx;
    }

    /** The port of the membership protocol. */
    int port() {
        return manager.getHazelcastInstance()
                .getCluster()
                .getLocalMember()
                .getAddress()
                .getPort();
    }

    /** Calls {@code listener} with the Vert.x id of each node that leaves or dies. */
    void onNodeLeft(Consumer<String> listener) {
        manager.getHazelcastInstance().getCluster().addMembershipListener(new MembershipAdapter() {
            @Override
            public void memberRemoved(MembershipEvent event) {
                @Nullable String id = event.getMember().getAttribute(NODE_ID);
                if (id != null) {
                    listener.accept(id);
                }
            }
        });
    }

    /** True while a member that keeps data, which is a gateway, is there. */
    boolean hasGateway() {
        return manager.getHazelcastInstance().getCluster().getMembers().stream().anyMatch(member -> !isLite(member));
    }

    private static boolean isLite(Member member) {
        return member.isLiteMember();
    }

    private static Future<Cluster> join(Config hazelcast, ClusterConfig cluster, ServerConfig server) {
        var manager = new HazelcastClusterManager(hazelcast);
        var options = VertxStart.options(server);
        options.getEventBusOptions().setHost(cluster.host());
        return Vertx.builder()
                .with(options)
                .withClusterManager(manager)
                .buildClustered()
                .map(vertx -> new Cluster(vertx, manager))
                .onFailure(cause -> terminate(manager));
    }

    /** Ends a membership that Vert.x could not use; Vert.x itself forgets it. */
    private static void terminate(HazelcastClusterManager manager) {
        @Nullable HazelcastInstance instance = manager.getHazelcastInstance();
        if (instance != null) {
            instance.getLifecycleService().terminate();
        }
    }

    private static Config hazelcast(ClusterConfig cluster, boolean worker) {
        var config = new Config()
                .setClusterName("quantgate")
                .setLiteMember(worker)
                .setProperty("hazelcast.logging.type", "slf4j")
                .setProperty("hazelcast.phone.home.enabled", "false")
                .setProperty("hazelcast.shutdownhook.enabled", "false")
                .setProperty("hazelcast.socket.bind.any", "false")
                .setProperty("hazelcast.partition.count", "11")
                .setProperty("hazelcast.operation.thread.count", "2")
                .setProperty("hazelcast.operation.generic.thread.count", "2")
                .setProperty("hazelcast.io.thread.count", "1")
                .setProperty("hazelcast.event.thread.count", "1")
                .setProperty("hazelcast.operation.response.thread.count", "1")
                .setProperty("hazelcast.operation.call.timeout.millis", "5000")
                .setProperty("hazelcast.heartbeat.interval.seconds", "1")
                .setProperty("hazelcast.max.no.heartbeat.seconds", "4")
                // A broken connection is a dead process: its streams must end within a second.
                .setProperty("hazelcast.connection.monitor.interval", "50")
                .setProperty("hazelcast.connection.monitor.max.faults", "1")
                .setProperty("hazelcast.max.join.seconds", "10")
                .setProperty("hazelcast.connect.all.wait.seconds", "0");
        // Between hosts the default wait stays: without it, members that start at once may form two clusters.
        if (isLoopback(cluster.host())) {
            config.setProperty("hazelcast.wait.seconds.before.join", "0")
                    .setProperty("hazelcast.max.wait.seconds.before.join", "3");
        }
        var network = config.getNetworkConfig().setPort(cluster.port()).setPortAutoIncrement(false);
        network.getInterfaces().setEnabled(true).addInterface(cluster.host());
        var join = network.getJoin();
        join.getMulticastConfig().setEnabled(false);
        join.getAutoDetectionConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).setMembers(List.copyOf(cluster.members()));
        return config;
    }

    static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }
}
