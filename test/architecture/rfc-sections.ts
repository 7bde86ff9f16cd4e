// The RFC sections that comments and docs cite, with their titles: a number that went wrong shows here.

export interface RfcSection {
  rfc: number;
  /** As in `2.1.1`; '' where the RFC is only cited as a whole. */
  section: string;
  /** The heading in the RFC, or its title. */
  title: string;
}

export const rfcSections: readonly RfcSection[] = [
  { rfc: 826, section: '', title: 'An Ethernet Address Resolution Protocol' },
  { rfc: 1123, section: '', title: 'Requirements for Internet Hosts - Application and Support' },
  { rfc: 2281, section: '', title: 'Cisco Hot Standby Router Protocol (HSRP)' },
  { rfc: 3021, section: '2.1', title: 'Addressing' },
  { rfc: 3339, section: '', title: 'Date and Time on the Internet: Timestamps' },
  { rfc: 3549, section: '2.2', title: 'Message Format' },
  { rfc: 3549, section: '2.3.3', title: "FE System Services' Templates" },
  { rfc: 4291, section: '2.1', title: 'Addressing Model' },
  { rfc: 4291, section: '2.2', title: 'Text Representation of Addresses' },
  { rfc: 4291, section: '2.4', title: 'Address Type Identification' },
  { rfc: 4291, section: '2.5.5.2', title: 'IPv4-Mapped IPv6 Address' },
  { rfc: 4291, section: '2.5.6', title: 'Link-Local IPv6 Unicast Addresses' },
  { rfc: 4291, section: '2.6.1', title: 'Required Anycast Address' },
  { rfc: 5227, section: '1.1', title: 'Conventions and Terminology Used in This Document' },
  { rfc: 5227, section: '2.1', title: 'Probing an Address' },
  { rfc: 5227, section: '2.1.1', title: 'Probe Details' },
  { rfc: 5227, section: '2.2', title: 'Shorter Timeouts on Appropriate Network Technologies' },
  { rfc: 5227, section: '2.3', title: 'Announcing an Address' },
  { rfc: 5227, section: '2.4', title: 'Ongoing Address Conflict Detection and Address Defense' },
  { rfc: 5771, section: '3', title: 'Definition of Current Assignment Practice' },
  { rfc: 5952, section: '4', title: 'A Recommendation for IPv6 Text Representation' },
  { rfc: 5952, section: '4.2.2', title: 'Handling One 16-Bit 0 Field' },
  { rfc: 5952, section: '4.2.3', title: 'Choice in Placement of "::"' },
  { rfc: 6164, section: '6', title: 'Recommendations' },
  { rfc: 6724, section: '5', title: 'Source Address Selection' },
  { rfc: 6890, section: '2.2.2', title: 'IPv4 Special-Purpose Address Registry Entries' },
  { rfc: 9568, section: '5.2.3', title: 'Virtual Rtr ID (VRID)' },
  { rfc: 9568, section: '5.2.7', title: 'Maximum Advertisement Interval (Max Advertise Interval)' },
  { rfc: 9568, section: '7.3', title: 'Virtual Router MAC Address' },
];
