package io.github.webhooks4j.lanes;

/**
 * How many deliveries this node holds a claim on, and of how many bytes, and how many more it may: in all, of one customer, and of
 * transactions that are not committed. All of it is guarded by the lock of {@link Lanes}.
 */
final class Holdings {
    private static final int MAX_CLAIM = 1024;
    /** How much may wait for transactions of the application's own, which may take their time. */
    private static final int UNCOMMITTED_SHARE = 4;
    /** How much is left to what is published, however much is due in the store. */
    private static final int PUBLISHED_SHARE = 4;

    private final int max;
    private final long maxBytes;
    private final CustomerShare share;
    private int held;
    private long bytes;
    private int uncommitted; // of those held
    private long uncommittedBytes;
    /** How large a claimed event may be expected to be: the largest seen lately. */
    private long expectedBytes;

    Holdings(Lanes.Limits limits) {
        max = limits.maxHeld();
        maxBytes = limits.maxHeldBytes();
        share = limits.share();
        expectedBytes = limits.maxEventBytes();
    }

    void add(Customer customer, int deliveries, long ofBytes) {
        customer.held += deliveries;
        customer.heldBytes += ofBytes;
        add(deliveries, ofBytes);
    }

    boolean hasUncommitted() {
        return uncommitted > 0;
    }

    /** How many of those held are not of transactions that may be rolled back. */
    int committed() {
        return held - uncommitted;
    }

    void addUncommitted(int deliveries, long ofBytes) {
        uncommitted += deliveries;
        uncommittedBytes += ofBytes;
        add(deliveries, ofBytes);
    }

    private void add(int deliveries, long ofBytes) {
        held += deliveries;
        bytes += ofBytes;
    }

    /** Events were claimed, of which the largest has so many bytes. */
    void claimed(long largest) {
        expectedBytes = Math.max(largest, expectedBytes / 2);
    }

    // ---- what is left

    /** Whether there is room for a delivery that is published. */
    boolean hasRoom(int ofBytes) {
        return held < max && bytes + ofBytes <= maxBytes;
    }

    /** Whether there is room for one whose transaction is not committed. */
    boolean hasRoomForUncommitted(int ofBytes) {
        return hasRoom(ofBytes)
                && uncommitted < max / UNCOMMITTED_SHARE
                && uncommittedBytes + ofBytes <= maxBytes / UNCOMMITTED_SHARE;
    }

    /** How many deliveries a claim may be for. */
    int claimable() {
        return claimableCount() <= 0 || claimableBytes() <= 0
                ? 0
                : Math.min(claimableCount(), expectedToFit(claimableBytes()));
    }

    private int claimableCount() {
        return max - max / PUBLISHED_SHARE - held;
    }

    private long claimableBytes() {
        return maxBytes - maxBytes / PUBLISHED_SHARE - bytes;
    }

    /** How many deliveries may be added to what a customer has here; one, if that is nothing. */
    int room(Customer customer) {
        boolean full = share.more(maxBytes - bytes, customer.heldBytes) <= 0;
        return atLeastOne(customer.held, full ? 0 : share.more(max - held, customer.held));
    }

    /** How many more may be claimed for a customer in a claim that is for so many others already, and for so many of its own. */
    int claimable(Customer customer, int inAll, int ofCustomer) {
        long count = share.more(claimableCount() - inAll, customer.held + ofCustomer);
        long bytesLeft =
                share.more(claimableBytes() - inAll * expectedBytes, customer.heldBytes + ofCustomer * expectedBytes);
        long fit = (bytesLeft + expectedBytes - 1) / expectedBytes; // the last one, if any part of it does
        return atLeastOne(customer.held + ofCustomer, Math.min(count, fit));
    }

    private static int atLeastOne(int has, long more) {
        return (int) (has == 0 ? Math.max(1, more) : more);
    }

    /** Sizes are known only once a claim was made: as many as fit if each is as large as the largest seen lately. */
    private int expectedToFit(long ofBytes) {
        return (int) Math.max(1, Math.min(MAX_CLAIM, ofBytes / expectedBytes));
    }
}
