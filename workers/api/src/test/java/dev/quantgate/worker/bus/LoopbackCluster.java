package dev.quantgate.worker.bus;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;

/** A cluster on the loopback interface: one data member, all others lite. */
final class LoopbackCluster {
    private static final String HOST = "127.0.0.1";
    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            Map.entry("hazelcast.wait.seconds.before.join", "0"),
            Map.entry("hazelcast.max.wait.seconds.before.join", "3"),
            Map.entry("hazelcast.max.join.seconds", "10"),
            Map.entry("hazelcast.connect.all.wait.seconds", "0"),
            Map.entry("hazelcast.heartbeat.interval.seconds", "1"),
            Map.entry("hazelcast.max.no.heartbeat.seconds", "4"),
            Map.entry("hazelcast.connection.monitor.interval", "50"),
            Map.entry("hazelcast.connection.monitor.max.faults", "1"),
            Map.entry("hazelcast.operation.call.timeout.millis", "5000"),
            Map.entry("hazelcast.partition.count", "11"),
            Map.entry("hazelcast.operation.thread.count", "2"),
            Map.entry("hazelcast.operation.generic.thread.count", "2"),
            Map.entry("hazelcast.event.thread.count", "1"),
            Map.entry("hazelcast.io.thread.count", "1"),
            Map.entry("hazelcast.clientengine.thread.count", "1"),
            Map.entry("hazelcast.phone.home.enabled", "false"),
            Map.entry("hazelcast.shutdownhook.enabled", "false"),
            Map.entry("hazelcast.socket.bind.any", "false"),
            Map.entry("hazelcast.logging.type", "slf4j"));

    private LoopbackCluster() {}

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A member that listens at {@code port} (0 takes any) and joins the data member at {@code join}. */
    static HazelcastClusterManager manager(int port, int join, boolean lite) {
        var config = new Config();
        config.setClusterName("quantgate-test-" + join);
        config.setLiteMember(lite);
        PROPERTIES.forEach(config::setProperty);
        var network = config.getNetworkConfig();
        network.setPort(port).setPortAutoIncrement(false).setPublicAddress(HOST + ":" + port);
        network.getInterfaces().setEnabled(true).addInterface(HOST);
        network.getJoin().getAutoDetectionConfig().setEnabled(false);
        network.getJoin().getMulticastConfig().setEnabled(false);
        network.getJoin().getTcpIpConfig().setEnabled(true).addMember(HOST + ":" + join);
        return new HazelcastClusterManager(config);
    }

    static Future<Vertx> start(HazelcastClusterManager manager) {
        var options = new VertxOptions().setEventBusOptions(new EventBusOptions().setHost(HOST));
        return Vertx.builder().with(options).withClusterManager(manager).buildClustered();
    }

    /** Tells {@code clients} about the nodes that leave, as the composition root does. */
    static void watch(HazelcastClusterManager manager, WorkerClients clients) {
        manager.getHazelcastInstance().getCluster().addMembershipListener(new MembershipListener() {
            @Override
            public void memberAdded(MembershipEvent event) {}

            @Override
            public void memberRemoved(MembershipEvent event) {
                var nodeId = event.getMember().getAttribute("__vertx.nodeId");
                if (nodeId != null) {
                    clients.nodeLeft(nodeId);
                }
            }
        });
    }
}
